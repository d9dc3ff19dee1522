// Every part's tables, as one type. A part's own code names only its own.
import type { AccountTables } from "./accounts/index.ts";
import type { ArticleTables } from "./articles/index.ts";
import type { DeliveryTables } from "./delivery/index.ts";
import type { DigestTables } from "./digests/index.ts";
import type { FeedTables } from "./feeds/index.ts";
import type { HookTables } from "./hooks/index.ts";
import type { ReaderTables } from "./readership/index.ts";
import type { SettingsTables } from "./settings/index.ts";
import type { SourceTables } from "./sources/index.ts";
import type { SubscriberTables } from "./subscribers/index.ts";
import type { WebSubTables } from "./websub/index.ts";

/** Every table, for whoever opens the database. */
export type AllTables = SettingsTables &
  AccountTables &
  ArticleTables &
  SourceTables &
  FeedTables &
  ReaderTables &
  WebSubTables &
  SubscriberTables &
  DigestTables &
  DeliveryTables &
  HookTables;
