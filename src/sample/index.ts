// The sample newsroom, one set for the first start, the journeys and the screenshots: an invented paper of an invented city.
export { isEmptyStore, loadSample } from "./load.ts";
