// The newsroom: the pages of those who are signed in. So far: the issues with what was sent to whom and why each story was
// chosen, and the outbox. The sign-in itself is mounted with them, in front of the guard.
export type { NewsroomDeps } from "./desk.ts";
export { newsroomRoutes } from "./routes.ts";
