/** Who may do what, and how they prove who they are. */
import { array, bytes, int8, int32, string, timestamp, uuid } from "../../protocol/schema/fields.js";
import { recordType } from "./record-type.js";

export const DelegationTokenRecord = recordType({
  key: 10,
  name: "DelegationTokenRecord",
  versions: "0",
  fields: {
    owner: string(),
    requester: string(),
    renewers: array(string()),
    issueTimestamp: timestamp(),
    maxTimestamp: timestamp(),
    expirationTimestamp: timestamp(),
    tokenId: string(),
  },
});

export const RemoveDelegationTokenRecord = recordType({
  key: 26,
  name: "RemoveDelegationTokenRecord",
  versions: "0",
  fields: { tokenId: string() },
});

export const UserScramCredentialRecord = recordType({
  key: 11,
  name: "UserScramCredentialRecord",
  versions: "0",
  fields: {
    name: string(),
    mechanism: int8(),
    salt: bytes(),
    storedKey: bytes(),
    serverKey: bytes(),
    iterations: int32(),
  },
});

export const RemoveUserScramCredentialRecord = recordType({
  key: 22,
  name: "RemoveUserScramCredentialRecord",
  versions: "0",
  fields: { name: string(), mechanism: int8() },
});

export const AccessControlEntryRecord = recordType({
  key: 18,
  name: "AccessControlEntryRecord",
  versions: "0",
  fields: {
    id: uuid(),
    resourceType: int8(),
    resourceName: string(),
    patternType: int8(),
    principal: string(),
    host: string(),
    operation: int8(),
    permissionType: int8(),
  },
});

export const RemoveAccessControlEntryRecord = recordType({
  key: 19,
  name: "RemoveAccessControlEntryRecord",
  versions: "0",
  fields: { id: uuid() },
});
