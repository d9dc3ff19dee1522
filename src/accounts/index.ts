// Accounts: who may come in, as what, and by which door. Editors sign in by a link, programs by a token; both have a role,
// and other parts put `requireEditor` or `requireToken` before what only some may see or do.
export { type AccessDeps, requireEditor, requireToken } from "./access.tsx";
export { type Editor, type Role, roles } from "./roles.ts";
export { accountRoutes } from "./routes.tsx";
export {
  type AccountTables,
  audit,
  auditIfChanged,
  createApiToken,
  createLoginLink,
  listApiTokens,
  revokeApiToken,
  tryOutAddress,
} from "./store.ts";
