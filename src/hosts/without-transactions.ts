// What Kysely is driven by where no transaction can be held open: one connection for all who ask, and batches for what belongs together.
import type { DatabaseConnection, Driver } from "kysely";

/** @param connection needs no turns: its statements are requests of their own, or over before they could be waited for */
export function withoutTransactions(connection: DatabaseConnection): Driver {
  const noTransaction = async () => {
    throw new Error("No transaction is held open here. Run what belongs together as a batch.");
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    beginTransaction: noTransaction,
    commitTransaction: noTransaction,
    rollbackTransaction: noTransaction,
    destroy: async () => {},
  };
}
