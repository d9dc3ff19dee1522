// What providers send, in the forms that their documentation shows, with names of our own: for one letter, and what each means.

/** A letter as its events name it. */
export type Named = { messageId: string; returnPath: string; mark: string };

/** What is booked: `null` where nothing is. */
export type Meant = { verdict: string; code?: string; words?: RegExp; suppressed?: boolean } | null;

type Sample = readonly [what: string, event: (letter: Named) => unknown, meant: Meant];

const reader = "salma@example.org";
const bare = (id: string) => id.replace(/[<>]/g, "");

const sesMail = ({ messageId, returnPath }: Named) => ({
  timestamp: "2026-03-01T05:00:00.000Z",
  messageId: "0102019553d1-7a1f-4c9a-000000",
  source: returnPath,
  sourceArn: "arn:aws:ses:eu-west-1:123456789012:identity/news.example",
  destination: [reader],
  headersTruncated: false,
  headers: [
    { name: "From", value: "نشرة <bulletin@news.example>" },
    { name: "Message-ID", value: messageId },
  ],
  commonHeaders: { messageId: "0102019553d1-7a1f-4c9a-000000", subject: "موجز الصباح" },
  tags: { "ses:configuration-set": ["news"] },
});
const sesBounce = (letter: Named, bounce: object) => ({
  eventType: "Bounce",
  mail: sesMail(letter),
  bounce: { timestamp: "2026-03-01T05:00:09.000Z", feedbackId: "0102019553d1-f00d", ...bounce },
});

/** docs.aws.amazon.com/ses: "Amazon SNS notification contents", "Examples of event data that Amazon SES publishes to Amazon SNS". */
export const sesEvents: readonly Sample[] = [
  [
    "a mailbox that is not there",
    (letter) =>
      sesBounce(letter, {
        bounceType: "Permanent",
        bounceSubType: "General",
        bouncedRecipients: [
          {
            emailAddress: reader,
            action: "failed",
            status: "5.1.1",
            diagnosticCode: "smtp; 550 5.1.1 user unknown",
          },
        ],
      }),
    { verdict: "hard", code: "5.1.1", words: /^550 5\.1\.1 user unknown$/, suppressed: true },
  ],
  [
    "the same without the server's words",
    (letter) =>
      sesBounce(letter, {
        bounceType: "Permanent",
        bounceSubType: "General",
        bouncedRecipients: [{ emailAddress: reader }],
      }),
    { verdict: "unclear", code: "" },
  ],
  [
    "a notification of an identity, without the mail's headers",
    (letter) => {
      const { headers: _, commonHeaders: __, headersTruncated: ___, ...mail } = sesMail(letter);
      return {
        notificationType: "Bounce",
        mail,
        bounce: {
          feedbackId: "0102019553d1-f00e",
          bounceType: "Permanent",
          bounceSubType: "NoEmail",
          bouncedRecipients: [
            { emailAddress: reader, status: "5.1.1", diagnosticCode: "smtp; 550 5.1.1 No such user" },
          ],
        },
      };
    },
    { verdict: "hard", suppressed: true },
  ],
  [
    "a mailbox that is full today",
    (letter) =>
      sesBounce(letter, {
        bounceType: "Transient",
        bounceSubType: "MailboxFull",
        bouncedRecipients: [
          { emailAddress: reader, status: "4.2.2", diagnosticCode: "smtp; 452 4.2.2 mailbox full" },
        ],
      }),
    { verdict: "soft", code: "4.2.2" },
  ],
  [
    "what SES calls transient although the code says otherwise: the milder holds",
    (letter) =>
      sesBounce(letter, {
        bounceType: "Transient",
        bounceSubType: "General",
        bouncedRecipients: [
          { emailAddress: reader, status: "5.1.1", diagnosticCode: "smtp; 550 5.1.1 unknown" },
        ],
      }),
    { verdict: "soft" },
  ],
  [
    "an address on SES's own list, which no server spoke of",
    (letter) =>
      sesBounce(letter, {
        bounceType: "Permanent",
        bounceSubType: "Suppressed",
        bouncedRecipients: [
          {
            emailAddress: reader,
            status: "5.1.1",
            diagnosticCode:
              "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid address.",
          },
        ],
      }),
    { verdict: "likely-hard" },
  ],
  [
    "a policy of the other side",
    (letter) =>
      sesBounce(letter, {
        bounceType: "Permanent",
        bounceSubType: "General",
        bouncedRecipients: [
          {
            emailAddress: reader,
            status: "5.7.1",
            diagnosticCode:
              "smtp; 550 5.7.1 Our system has detected that this message is likely unsolicited mail.",
          },
        ],
      }),
    { verdict: "sender" },
  ],
  [
    "a complaint",
    (letter) => ({
      eventType: "Complaint",
      mail: sesMail(letter),
      complaint: {
        complainedRecipients: [{ emailAddress: reader }],
        feedbackId: "0102019553d1-c0de",
        complaintSubType: null,
        complaintFeedbackType: "abuse",
        userAgent: "Amazon SES Mailbox Simulator",
      },
    }),
    { verdict: "abuse", suppressed: true },
  ],
  [
    "a complaint whose kind nobody says",
    (letter) => ({
      notificationType: "Complaint",
      mail: sesMail(letter),
      complaint: { complainedRecipients: [{ emailAddress: reader }], feedbackId: "0102019553d1-c0df" },
    }),
    { verdict: "abuse", suppressed: true },
  ],
  [
    "the opposite of a complaint",
    (letter) => ({
      eventType: "Complaint",
      mail: sesMail(letter),
      complaint: { complainedRecipients: [{ emailAddress: reader }], complaintFeedbackType: "not-spam" },
    }),
    null,
  ],
  [
    "who left by SES's own link",
    (letter) => ({
      eventType: "Subscription",
      mail: sesMail(letter),
      subscription: {
        contactList: "news",
        timestamp: "2026-03-02T08:00:00.000Z",
        source: "UnsubscribeHeader",
        newTopicPreferences: { unsubscribeAll: true, topicSubscriptionStatus: [] },
      },
    }),
    { verdict: "opt-out", suppressed: true },
  ],
  [
    "a virus that SES found",
    (letter) => ({ eventType: "Reject", mail: sesMail(letter), reject: { reason: "Bad content" } }),
    { verdict: "content" },
  ],
  ...["Delivery", "Send", "Open", "Click", "DeliveryDelay", "Rendering Failure"].map(
    (eventType): Sample => [eventType, (letter) => ({ eventType, mail: sesMail(letter) }), null],
  ),
];

const mailgunEvent = ({ messageId, returnPath }: Named, more: object) => ({
  id: "CCXMjJ7nQi2N3BPigGOdgQ",
  timestamp: 1772341209.5,
  "log-level": "error",
  recipient: reader,
  "recipient-domain": "example.org",
  envelope: { sender: returnPath, targets: reader, transport: "smtp" },
  message: { headers: { from: "bulletin@news.example", "message-id": bare(messageId), to: reader } },
  tags: [],
  ...more,
});

/** documentation.mailgun.com: "Webhook payloads", "Tracking failures". */
export const mailgunEvents: readonly Sample[] = [
  [
    "a mailbox that is not there",
    (letter) =>
      mailgunEvent(letter, {
        event: "failed",
        severity: "permanent",
        reason: "bounce",
        "delivery-status": {
          "attempt-no": 1,
          code: 550,
          "enhanced-code": "5.1.1",
          message: "5.1.1 The email account that you tried to reach does not exist.",
          description: "",
        },
      }),
    { verdict: "hard", code: "5.1.1", words: /^550 5\.1\.1 The email account/, suppressed: true },
  ],
  [
    "a failure that Mailgun tries again",
    (letter) =>
      mailgunEvent(letter, {
        event: "failed",
        severity: "temporary",
        reason: "generic",
        "delivery-status": { code: 452, message: "452 4.2.2 over quota", "retry-seconds": 600 },
      }),
    null,
  ],
  [
    "one that it tried for eight hours",
    (letter) =>
      mailgunEvent(letter, {
        event: "failed",
        severity: "permanent",
        reason: "old",
        "delivery-status": { code: 602, message: "", description: "Too old" },
      }),
    { verdict: "soft" },
  ],
  [
    "an address that bounced before: no server's word",
    (letter) =>
      mailgunEvent(letter, {
        event: "failed",
        severity: "permanent",
        reason: "suppress-bounce",
        "delivery-status": {
          code: 605,
          message: "",
          description: "Not delivering to previously bounced address",
        },
      }),
    { verdict: "unclear" },
  ],
  [
    "an address that complained before",
    (letter) =>
      mailgunEvent(letter, {
        event: "failed",
        severity: "permanent",
        reason: "suppress-complaint",
        "delivery-status": {
          code: 607,
          description: "Not delivering to a user who marked your messages as spam",
        },
      }),
    { verdict: "abuse", suppressed: true },
  ],
  [
    "a refusal of the sender",
    (letter) =>
      mailgunEvent(letter, {
        event: "failed",
        severity: "permanent",
        reason: "bounce",
        "delivery-status": {
          code: 550,
          message: "5.7.26 This mail has been blocked because the sender is unauthenticated.",
        },
      }),
    { verdict: "sender" },
  ],
  [
    "a complaint",
    (letter) => mailgunEvent(letter, { event: "complained" }),
    { verdict: "abuse", suppressed: true },
  ],
  [
    "who left by Mailgun's own link",
    (letter) => mailgunEvent(letter, { event: "unsubscribed", "client-info": {} }),
    { verdict: "opt-out", suppressed: true },
  ],
  ...["accepted", "delivered", "opened", "clicked", "stored"].map(
    (event): Sample => [event, (letter) => mailgunEvent(letter, { event }), null],
  ),
];

const postmarkRecord = ({ mark }: Named, more: object) => ({
  MessageID: "883953f4-6105-42a2-a16a-77a8eac79483",
  ServerID: 23,
  MessageStream: "broadcast",
  Metadata: { letter: mark },
  Email: reader,
  From: "bulletin@news.example",
  ...more,
});
const postmarkBounce = (letter: Named, Type: string, Details: string) =>
  postmarkRecord(letter, { RecordType: "Bounce", ID: 4323372036854776000, Type, Details, Inactive: true });

/** postmarkapp.com/developer/webhooks and /developer/api/bounce-api (its types of bounces). */
export const postmarkEvents: readonly Sample[] = [
  [
    "a mailbox that is not there",
    (letter) => postmarkBounce(letter, "HardBounce", "smtp;550 5.1.1 unknown user"),
    { verdict: "hard", code: "5.1.1", words: /550 5\.1\.1 unknown user/, suppressed: true },
  ],
  [
    "the same as Postmark's own example has it, without a server's word",
    (letter) => postmarkBounce(letter, "HardBounce", "Test bounce details"),
    { verdict: "unclear" },
  ],
  [
    "a mailbox that is full",
    (letter) => postmarkBounce(letter, "SoftBounce", "smtp;552 5.2.2 mailbox full"),
    { verdict: "soft" },
  ],
  ["one that Postmark tries again", (letter) => postmarkBounce(letter, "Transient", "451 later"), null],
  [
    "a spam filter",
    (letter) => postmarkBounce(letter, "SpamNotification", "550 message looks like spam"),
    { verdict: "sender" },
  ],
  ["a virus filter", (letter) => postmarkBounce(letter, "VirusNotification", ""), { verdict: "content" }],
  ["an answer from a holiday", (letter) => postmarkBounce(letter, "AutoResponder", "I am away"), null],
  [
    "a complaint",
    (letter) => postmarkRecord(letter, { RecordType: "SpamComplaint", ID: 42, Type: "SpamComplaint" }),
    { verdict: "abuse", suppressed: true },
  ],
  [
    "who left by Postmark's own link",
    ({ mark }) => ({
      RecordType: "SubscriptionChange",
      MessageID: "883953f4-6105-42a2-a16a-77a8eac79483",
      Recipient: reader,
      Origin: "Recipient",
      SuppressSending: true,
      SuppressionReason: "ManualSuppression",
      ChangedAt: "2026-03-01T07:00:00Z",
      Metadata: { letter: mark },
    }),
    { verdict: "opt-out", suppressed: true },
  ],
  [
    "what Postmark stopped after a bounce, of which it told by itself",
    ({ mark }) => ({
      RecordType: "SubscriptionChange",
      Recipient: reader,
      Origin: "Recipient",
      SuppressSending: true,
      SuppressionReason: "HardBounce",
      ChangedAt: "2026-03-01T07:00:00Z",
      Metadata: { letter: mark },
    }),
    null,
  ],
  ...["Delivery", "Open", "Click"].map(
    (RecordType): Sample => [RecordType, (letter) => postmarkRecord(letter, { RecordType }), null],
  ),
];

const sendgridEvent = ({ messageId }: Named, more: object) => ({
  email: reader,
  timestamp: 1772341209,
  "smtp-id": messageId,
  category: ["news"],
  sg_event_id: "dG9wIHNlY3JldA==",
  sg_message_id: "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
  ...more,
});

/** twilio.com/docs/sendgrid: "Event Webhook Reference". */
export const sendgridEvents: readonly Sample[] = [
  [
    "a mailbox that is not there",
    (letter) =>
      sendgridEvent(letter, {
        event: "bounce",
        type: "bounce",
        status: "5.1.1",
        reason: "550 5.1.1 unknown user",
      }),
    { verdict: "hard", code: "5.1.1", words: /unknown user/, suppressed: true },
  ],
  [
    "refused for today, as SendGrid sees it",
    (letter) =>
      sendgridEvent(letter, {
        event: "bounce",
        type: "blocked",
        status: "5.0.0",
        reason: "550 no such user",
      }),
    { verdict: "soft" },
  ],
  [
    "a refusal of the sender",
    (letter) =>
      sendgridEvent(letter, {
        event: "bounce",
        type: "blocked",
        status: "5.7.1",
        reason: "550 5.7.1 blocked using zen.spamhaus.org",
      }),
    { verdict: "sender" },
  ],
  [
    "an address that bounced before",
    (letter) => sendgridEvent(letter, { event: "dropped", reason: "Bounced Address" }),
    { verdict: "unclear" },
  ],
  [
    "an address that left before",
    (letter) => sendgridEvent(letter, { event: "dropped", reason: "Unsubscribed Address" }),
    { verdict: "opt-out", suppressed: true },
  ],
  [
    "a complaint",
    (letter) => sendgridEvent(letter, { event: "spamreport" }),
    { verdict: "abuse", suppressed: true },
  ],
  [
    "who left by SendGrid's own link",
    (letter) => sendgridEvent(letter, { event: "group_unsubscribe", asm_group_id: 10 }),
    { verdict: "opt-out", suppressed: true },
  ],
  ...["processed", "deferred", "delivered", "open", "click", "group_resubscribe"].map(
    (event): Sample => [event, (letter) => sendgridEvent(letter, { event }), null],
  ),
];

const brevoEvent = ({ mark }: Named, more: object) => ({
  id: 9999999,
  email: reader,
  date: "2026-03-01 07:00:09",
  ts: 1772341209,
  ts_event: 1772341209,
  ts_epoch: 1772341209000,
  "message-id": "<202603010700.27287306012@relay.example>",
  subject: "موجز الصباح",
  "X-Mailin-custom": mark,
  sending_ip: "192.0.2.7",
  ...more,
});

/** developers.brevo.com/docs/transactional-webhooks. */
export const brevoEvents: readonly Sample[] = [
  [
    "a mailbox that is not there",
    (letter) =>
      brevoEvent(letter, { event: "hard_bounce", reason: " RecipientError: 550 5.1.1 unknown user" }),
    { verdict: "hard", code: "5.1.1", suppressed: true },
  ],
  [
    "a mailbox that is full",
    (letter) => brevoEvent(letter, { event: "soft_bounce", reason: "552 5.2.2 mailbox full" }),
    { verdict: "soft" },
  ],
  [
    "an address on Brevo's own list",
    (letter) => brevoEvent(letter, { event: "blocked", reason: "blocked : due to blacklist user" }),
    { verdict: "sender" },
  ],
  [
    "an address that cannot be",
    (letter) => brevoEvent(letter, { event: "invalid_email" }),
    { verdict: "unclear" },
  ],
  ["a complaint", (letter) => brevoEvent(letter, { event: "spam" }), { verdict: "abuse", suppressed: true }],
  [
    "the same by its other name",
    (letter) => brevoEvent(letter, { event: "complaint" }),
    { verdict: "abuse", suppressed: true },
  ],
  [
    "who left by Brevo's own link",
    (letter) => brevoEvent(letter, { event: "unsubscribed" }),
    { verdict: "opt-out", suppressed: true },
  ],
  [
    "one that Brevo tries again",
    (letter) => brevoEvent(letter, { event: "deferred", reason: "550 5.1.1 unknown user" }),
    null,
  ],
  ...["request", "delivered", "opened", "click", "error", "list_addition"].map(
    (event): Sample => [event, (letter) => brevoEvent(letter, { event }), null],
  ),
];
