// nashra template: list and check the publisher's own templates.
import type { Command, Option } from "commander";
import { faultAdvice } from "../mail/index.ts";
import type { Nashra } from "./node.ts";
import { printList, Refusal, say, tell } from "./output.ts";

type House = {
  add: (parent: Command, usage: string, about: string) => Command;
  withNashra: <Result>(work: (nashra: Nashra) => Promise<Result>) => Promise<Result>;
  json: () => Option;
};

export function templateCommands(nashra: Command, { add, withNashra, json }: House): void {
  const template = add(nashra, "template", "the mails' templates, and yours that stand before them");
  add(template, "list", "all templates, and which of them are yours")
    .addOption(json())
    .action((options: { json?: boolean }) =>
      withNashra(async ({ templates }) => {
        const { files } = await templates.check();
        const names = [...new Set([...templates.builtIn, ...files])].sort();
        const rows = names.map((name) => ({ template: name, yours: files.includes(name) }));
        printList(rows, { ...options, empty: "There is no template." });
      }),
    );
  add(template, "check", "try your templates out, and say what is wrong with them by file and line")
    .addOption(json())
    .action((options: { json?: boolean }) =>
      withNashra(async ({ templates }) => {
        const { files, faults, unused } = await templates.check();
        if (options.json) say(JSON.stringify({ folder: templates.folder, files, faults, unused }));
        for (const file of unused)
          tell(
            `${file}: no mail uses it: none of ours has this name ("nashra template list"), and no template takes it in.`,
          );
        const lines: string[] = [];
        for (const fault of faults) {
          const { file, line, message } = fault;
          lines.push(`${file}${line === null ? "" : `:${line}`}: ${message}`);
          const text = line === null ? "" : (await templates.read(file))?.text.split("\n")[line - 1]?.trim();
          if (text) lines.push(`  ${text.slice(0, 200)}`);
          lines.push(`  ${faultAdvice(fault).en}`);
        }
        if (lines.length > 0) throw new Refusal(lines.join("\n"));
        if (options.json) return;
        const used = files.filter((file) => !unused.includes(file));
        say(
          used.length === 0
            ? `No templates of yours are in ${templates.folder}: ours are used.`
            : `All good: ${used.join(", ")}.`,
        );
      }),
    );
}
