// Accounts: who may come in, as what, and by which door. Editors sign in by a passkey or a link and have a role; programs
// have a token with scopes. Other parts put `requireEditor`, `requireFresh` or `requireToken` before what only some may do.
export {
  type AccessDeps,
  type Door,
  doorOf,
  editorIn,
  isLetIn,
  requireEditor,
  requireFresh,
  requireToken,
  type TokenDeps,
} from "./access.tsx";
export {
  type Audited,
  type AuditPlace,
  audit,
  auditIfChanged,
  auditNames,
  auditPlace,
  auditPlaceText,
  readAudit,
} from "./audit.ts";
export {
  addEditor,
  changeEditor,
  type EditorChange,
  editorAddress,
  editorAt,
  editorName,
  type ListedEditor,
  listEditors,
  longestName,
  mailedEditors,
  removeEditor,
  tryOutAddress,
} from "./editors.ts";
export { loginLetter, loginUrl } from "./letter.ts";
export {
  canHavePasskeys,
  type ListedPasskey,
  longestPasskeyName,
  passkeysOf,
  registerPasskey,
  registrationOptions,
  removePasskey,
  renamePasskey,
} from "./passkeys.ts";
export {
  commandLine,
  type Editor,
  holds,
  isScope,
  type Role,
  roles,
  type Scope,
  type SessionId,
  scopes,
  stranger,
  tokenName,
  wayOf,
} from "./roles.ts";
export { accountRoutes, type LoginMail } from "./routes.tsx";
export { createLoginLink, endSessions, type ListedSession, sessionsOf } from "./sign-in.ts";
export type { AccountTables } from "./tables.ts";
export { createApiToken, type ListedToken, listApiTokens, revokeApiToken } from "./tokens.ts";
