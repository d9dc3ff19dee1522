// mjml-browser has no types of its own. It is the same compiler as `mjml`, without a file system: both hosts run it.
declare module "mjml-browser" {
  export default function mjml2html(
    mjml: string,
    options: { validationLevel: "strict" | "soft" | "skip" },
  ): Promise<{ html: string }>;
}
