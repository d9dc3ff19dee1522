import { expect, test } from "vitest";
import { compile } from "./compile.ts";

test("what inboxes show behind the subject is hidden, and not white on white", async () => {
  const mjml = `<mjml><mj-head><mj-preview>تمهيد</mj-preview></mj-head><mj-body background-color="#ffffff"><mj-section><mj-column><mj-text>نص</mj-text></mj-column></mj-section></mj-body></mjml>`;
  const [hidden = ""] = /<div style="display:none[^>]*>/.exec(await compile("x.mjml", mjml, "rtl")) ?? [];
  expect(hidden).toContain("color:#1c1c1a");
});
