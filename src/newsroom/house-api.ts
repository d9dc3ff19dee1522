// The API for the house that the service runs in: what the doctor finds, how mail leaves, and what is set from outside. For administrators: who may call it is
// for the door before it to say.
import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { audit, auditIfChanged } from "../accounts/index.ts";
import { hiddenValue } from "../config.ts";
import { readPaces, resumeWay } from "../delivery/index.ts";
import { addressProblems, parseAddress } from "../subscribers/index.ts";
import { json, problem, refusal } from "../web/index.ts";
import type { NewsroomDeps } from "./desk.ts";
import { environmentWords } from "./environment-words.ts";
import { within, worstFirst } from "./settings-doctor.tsx";
import { settingsShown } from "./settings-environment.tsx";
import { heldBack } from "./settings-mail.tsx";

const said = z.object({ ar: z.string(), en: z.string() });

const findingJson = z
  .object({
    check: z.string(),
    subject: z.string().openapi({ description: "What was looked at: a domain, a key, a server." }),
    state: z
      .enum(["ok", "warning", "broken", "unknown"])
      .openapi({ description: "unknown: nobody answered; asked again it may be known." }),
    what: said,
    todo: said.nullable().openapi({ description: "null where nothing is to be done." }),
    records: z
      .array(z.object({ name: z.string(), type: z.enum(["TXT", "MX", "A", "PTR"]), value: z.string() }))
      .openapi({ description: "To be put into DNS, as they are." }),
  })
  .openapi("Finding");

const transportsJson = z
  .object({
    transports: z
      .array(
        z.object({
          name: z.string(),
          kind: z.string(),
          at: z.string().openapi({ description: "Where it is, without a user's name or a password." }),
          carries: z
            .string()
            .openapi({ description: "For which senders' domains; `*`: all that are not named." }),
        }),
      )
      .openapi({ description: "In the order in which they stand in for each other." }),
    held: z
      .array(
        z.object({
          transport: z.string(),
          destination: z.string().openapi({ description: "To where; empty: all that it carries." }),
          rests_until: z.string().nullable().openapi({ description: "null: it is slowed down only." }),
          alarm: z.boolean().openapi({ description: "It needs somebody to look." }),
          reply: z.string().nullable().openapi({ description: "What its server said." }),
        }),
      )
      .openapi({ description: "What rests or is slowed down; all else goes freely." }),
  })
  .openapi("Transports");

const triedJson = z
  .object({
    accepted: z.boolean(),
    kind: z.string(),
    reply: z.string().openapi({ description: "What its server said." }),
    signed: z.boolean().openapi({ description: "Whether a DKIM key of this domain signed the letter." }),
  })
  .openapi("TransportTried");

const environmentJson = z
  .array(
    z.object({
      name: z.string(),
      set: z.boolean().openapi({ description: "false: `value` is what holds without it." }),
      value: z.string().nullable().openapi({ description: "null: it is set, and secret." }),
      takes: z.string(),
      about: z.object({ ar: z.string().nullable(), en: z.string() }),
    }),
  )
  .openapi("Environment");

const security = [{ token: [] }];
const refusals = {
  401: refusal("No token, or one that does not work."),
  403: refusal("The token's scopes do not reach."),
};
const routes = {
  doctor: createRoute({
    method: "get",
    path: "/api/v1/doctor",
    summary: "What the doctor finds of DNS, relay, certificate, clock, disk and database",
    description: "It looks when it is asked, which may take half a minute, and changes nothing.",
    security,
    responses: {
      200: json(z.array(findingJson), "The worst first."),
      ...refusals,
      404: refusal("The doctor does not run from this host; `nashra doctor` does where the program is kept."),
      503: refusal("The doctor was not done in time. Ask again."),
    },
  }),
  environment: createRoute({
    method: "get",
    path: "/api/v1/environment",
    summary: "What is set on the server from outside",
    description: "It is changed there, and read at the start. What is secret is told only as set or not.",
    security,
    responses: {
      200: json(environmentJson, "Those that are set come first; none where the host does not tell."),
      ...refusals,
    },
  }),
  transports: createRoute({
    method: "get",
    path: "/api/v1/transports",
    summary: "The ways out for mail, and which rest",
    security,
    responses: { 200: json(transportsJson, "As it stands."), ...refusals },
  }),
  test: createRoute({
    method: "post",
    path: "/api/v1/transports/{name}/test",
    summary: "Send one letter by one way alone, and hear what its server says",
    security,
    request: {
      params: z.object({ name: z.string().max(100) }),
      body: { required: true, ...json(z.strictObject({ to: z.string() }), "To whom.") },
    },
    responses: {
      200: json(triedJson, "What became of it."),
      ...refusals,
      404: refusal("There is no way out of this name."),
      422: refusal("That is no address."),
    },
  }),
  resume: createRoute({
    method: "post",
    path: "/api/v1/transports/{name}/resume",
    summary: "Let a way out that rests or is slowed down be used freely again",
    description: "As long as what held it back is still so, it will soon rest again.",
    security,
    request: {
      params: z.object({ name: z.string().max(200) }),
      body: {
        required: true,
        ...json(
          z.strictObject({
            destination: z
              .string()
              .max(300)
              .default("")
              .openapi({ description: "As it is listed under `held`; empty: all that it carries." }),
          }),
          "What of it.",
        ),
      },
    },
    responses: {
      200: json(transportsJson, "How it stands now."),
      ...refusals,
      409: refusal("Nothing holds it back."),
    },
  }),
};

/** `/api/v1/doctor`, `/api/v1/transports` and `/api/v1/environment` */
export function houseApi(
  { database, now, house }: Pick<NewsroomDeps, "database" | "now" | "house">,
  invalid: (c: Context, error: z.ZodError) => Response,
) {
  const { db, batch } = database;
  const app = new OpenAPIHono<{ Variables: { actor: string } }>({
    defaultHook: (result, c) => (result.success ? undefined : invalid(c, result.error)),
  });
  const waysOut = async () => {
    const transports = house.transports().map(({ name, kind, at, carries }) => ({ name, kind, at, carries }));
    const held = heldBack(await readPaces(db), now()).map(({ until, hasAlarm, reply, ...way }) => ({
      ...way,
      rests_until: until === null ? null : Temporal.Instant.fromEpochMilliseconds(until).toString(),
      alarm: hasAlarm,
      reply,
    }));
    return { transports, held };
  };
  app.openapi(routes.doctor, async (c) => {
    if (house.doctor === null)
      return problem(c, {
        status: 404,
        title: "No doctor here",
        detail: "The doctor does not run from this host. Run `npx nashra doctor` where the program is kept.",
      });
    const found = await within(house.doctor());
    if (found === "late")
      return problem(c, {
        status: 503,
        title: "Not done in time",
        detail: "The doctor was not done within forty seconds. Ask again, or run `npx nashra doctor`.",
      });
    return c.json(
      worstFirst(found).map((it) => ({ ...it, records: [...it.records] })),
      200,
    );
  });
  app.openapi(routes.environment, (c) =>
    c.json(
      settingsShown(house).map(({ name, set, value, takes, about }) => ({
        name,
        set,
        value: value === hiddenValue ? null : value,
        takes,
        about: { ar: environmentWords.get(name)?.about ?? null, en: about },
      })),
      200,
    ),
  );
  app.openapi(routes.transports, async (c) => c.json(await waysOut(), 200));
  app.openapi(routes.test, async (c) => {
    const { name } = c.req.valid("param");
    const address = parseAddress(c.req.valid("json").to);
    if (!address.ok)
      return problem(c, { status: 422, title: "Refused", detail: addressProblems.en[address.why] });
    const tried = await house.tryTransport(name, address.address);
    if (tried === null)
      return problem(c, {
        status: 404,
        title: "No such transport",
        detail: `There is no way out named "${name}". GET /api/v1/transports lists them.`,
      });
    // Whom it went to stands in no log: it is somebody's address.
    await batch([audit(db, { actor: c.var.actor, act: "transport-test", subject: name }, now())]);
    return c.json(tried, 200);
  });
  app.openapi(routes.resume, async (c) => {
    const { name: transport } = c.req.valid("param");
    const { destination } = c.req.valid("json");
    const subject = destination === "" ? transport : `${transport} ${destination}`;
    const [resumed] = await batch([
      resumeWay(db, { transport, destination }),
      auditIfChanged(db, { actor: c.var.actor, act: "pace-resume", subject }, now()),
    ]);
    return resumed?.changes === 1
      ? c.json(await waysOut(), 200)
      : problem(c, {
          status: 409,
          title: "Nothing is held",
          detail: `Nothing holds ${subject} back. GET /api/v1/transports lists what rests.`,
        });
  });
  return app;
}
