'use strict';
// What clients say to each other inside their encryption. The mock's own messages have service ids only as bytes; clients of 2025
// read and write them as strings, so these have both.
const { protobuf, libsignal } = require('./parts');

const field = (id, type, rule) => ({ id, type, ...(rule ? { rule } : {}) });
const many = (id, type) => field(id, type, 'repeated');
const root = protobuf.Root.fromJSON({ nested: {
  Content: { fields: { dataMessage: field(1, 'DataMessage'), syncMessage: field(2, 'SyncMessage'), receiptMessage: field(5, 'ReceiptMessage'), typingMessage: field(6, 'TypingMessage'), editMessage: field(11, 'EditMessage') } },
  EditMessage: { fields: { targetSentTimestamp: field(1, 'uint64'), dataMessage: field(2, 'DataMessage') } },
  ReceiptMessage: { fields: { type: field(1, 'int32'), timestamp: many(2, 'uint64') } },
  TypingMessage: { fields: { timestamp: field(1, 'uint64'), action: field(2, 'int32'), groupId: field(3, 'bytes') } },
  GroupContextV2: { fields: { masterKey: field(1, 'bytes'), revision: field(2, 'uint32'), groupChange: field(3, 'bytes') } },
  BodyRange: { fields: { start: field(1, 'uint32'), length: field(2, 'uint32'), mentionAci: field(3, 'string'), style: field(4, 'int32'), mentionAciBinary: field(5, 'bytes') } },
  Quote: { fields: { id: field(1, 'uint64'), authorAci: field(5, 'string'), text: field(3, 'string'), bodyRanges: many(6, 'BodyRange'), type: field(7, 'int32'), authorAciBinary: field(8, 'bytes') } },
  Reaction: { fields: { emoji: field(1, 'string'), remove: field(2, 'bool'), targetAuthorAci: field(4, 'string'), targetSentTimestamp: field(5, 'uint64'), targetAuthorAciBinary: field(6, 'bytes') } },
  Delete: { fields: { targetSentTimestamp: field(1, 'uint64') } },
  AttachmentPointer: { fields: { cdnId: field(1, 'fixed64'), cdnKey: field(15, 'string'), contentType: field(2, 'string'), key: field(3, 'bytes'), size: field(4, 'uint32'), digest: field(6, 'bytes'), fileName: field(7, 'string'), flags: field(8, 'uint32'), uploadTimestamp: field(13, 'uint64'), cdnNumber: field(14, 'uint32') } },
  DataMessage: { fields: { body: field(1, 'string'), attachments: many(2, 'AttachmentPointer'), flags: field(4, 'uint32'), expireTimer: field(5, 'uint32'), profileKey: field(6, 'bytes'), timestamp: field(7, 'uint64'), quote: field(8, 'Quote'), isViewOnce: field(14, 'bool'), groupV2: field(15, 'GroupContextV2'), reaction: field(16, 'Reaction'), delete: field(17, 'Delete'), bodyRanges: many(18, 'BodyRange'), expireTimerVersion: field(23, 'uint32') } },
  Sent: { fields: { timestamp: field(2, 'uint64'), message: field(3, 'DataMessage'), isRecipientUpdate: field(6, 'bool'), destinationServiceId: field(7, 'string'), editMessage: field(10, 'EditMessage') } },
  SyncMessage: { fields: { sent: field(1, 'Sent') } },
} });
const Content = root.lookupType('Content');

const STYLES = ['NONE', 'BOLD', 'ITALIC', 'SPOILER', 'STRIKETHROUGH', 'MONOSPACE'];

const encode = (content) => Buffer.from(Content.encode(Content.fromObject(content)).finish());
const decode = (bytes) => Content.toObject(Content.decode(bytes), { longs: Number });
const uuid = (text, bytes) => text || (bytes && bytes.length ? libsignal.ServiceId.parseFromServiceIdBinary(Buffer.from(bytes)).getServiceIdString() : null);

/** The protocol buffers' way of styles and mentions. */
const bodyRanges = (styles = [], mentions = []) => [
  ...styles.map(({ start, length, style }) => ({ start, length, style: STYLES.indexOf(style) })),
  ...mentions.map(({ start, length, uuid: mentionAci }) => ({ start, length, mentionAci })),
];

const readable = (data) => ({
  text: data.body || null,
  styles: (data.bodyRanges || []).filter((range) => range.style).map(({ start, length, style }) => ({ start: start || 0, length, style: STYLES[style] })),
  mentions: (data.bodyRanges || []).filter((range) => uuid(range.mentionAci, range.mentionAciBinary)).map((range) => ({ start: range.start || 0, length: range.length, uuid: uuid(range.mentionAci, range.mentionAciBinary) })),
  quote: data.quote ? { timestamp: data.quote.id, author: uuid(data.quote.authorAci, data.quote.authorAciBinary), text: data.quote.text || '' } : null,
  reaction: data.reaction ? { emoji: data.reaction.emoji, remove: !!data.reaction.remove, author: uuid(data.reaction.targetAuthorAci, data.reaction.targetAuthorAciBinary), timestamp: data.reaction.targetSentTimestamp } : null,
  deleteOf: data.delete ? data.delete.targetSentTimestamp : null,
  expiresInSeconds: data.expireTimer || 0,
  revision: data.groupV2 ? data.groupV2.revision || 0 : null,
});

const kindOf = (data) => {
  if (data.delete) return 'delete';
  if (data.reaction) return 'reaction';
  if (data.body || (data.attachments || []).length || data.quote) return 'text';
  if (data.groupV2 && (data.groupV2.groupChange || !data.flags)) return 'group';
  return 'other';
};

module.exports = { encode, decode, bodyRanges, readable, kindOf };
