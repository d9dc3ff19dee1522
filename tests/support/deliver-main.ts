// nashra deliver with a quicker pulse than a newsroom's, so that tests which kill it need not wait: bundled and run as a process.
import { readConfig } from "../../src/config.ts";
import { startDelivering } from "../../src/hosts/deliver.ts";

const reading = readConfig(process.env);
if (!reading.ok) throw new Error(reading.problems.join("\n"));
const deliverer = await startDelivering(reading.config, { pulse: { beatSeconds: 0.2, silentSeconds: 2 } });
process.once("SIGTERM", () => void deliverer.stop());
process.stdout.write("sends\n");
