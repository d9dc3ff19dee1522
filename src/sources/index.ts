// Sources: whatever turns the outside into articles. So far single files and pages, read here and stored by the caller.
export { type ImportReading, readImport } from "./import.ts";
