/** SCRAM credentials, and what a broker without an authorizer and without a secret key says of ACLs and tokens. */
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeAcls } from "../../../src/protocol/messages/29-describe-acls.js";
import { CreateAcls } from "../../../src/protocol/messages/30-create-acls.js";
import { DeleteAcls } from "../../../src/protocol/messages/31-delete-acls.js";
import { SaslAuthenticate } from "../../../src/protocol/messages/36-sasl-authenticate.js";
import { CreateDelegationToken } from "../../../src/protocol/messages/38-create-delegation-token.js";
import { RenewDelegationToken } from "../../../src/protocol/messages/39-renew-delegation-token.js";
import { ExpireDelegationToken } from "../../../src/protocol/messages/40-expire-delegation-token.js";
import { DescribeDelegationToken } from "../../../src/protocol/messages/41-describe-delegation-token.js";
import { DescribeUserScramCredentials } from "../../../src/protocol/messages/50-describe-user-scram-credentials.js";
import { AlterUserScramCredentials } from "../../../src/protocol/messages/51-alter-user-scram-credentials.js";
import { scenario } from "../scenario.js";

const [ANY, TOPIC, LITERAL, READ, ALLOW] = [1, 2, 3, 3, 3];

export const acls = scenario("acls", async (session) => {
  const connection = await session.connect();
  const rule = { principal: "User:anna", host: "*", operation: READ, permissionType: ALLOW };
  const filter = {
    resourceTypeFilter: TOPIC,
    resourceNameFilter: "guarded",
    patternTypeFilter: LITERAL,
    principalFilter: null,
    hostFilter: null,
    operation: ANY,
    permissionType: ANY,
  };
  const creation = { resourceType: TOPIC, resourceName: "guarded", resourcePatternType: LITERAL, ...rule };
  for (const version of [1, 2, 3]) {
    await connection.send(CreateAcls, version, { creations: [creation, { ...creation, resourceName: "" }] });
    await connection.send(DescribeAcls, version, filter);
    await connection.send(DeleteAcls, version, { filters: [filter, { ...filter, resourceNameFilter: null }] });
  }
  await connection.send(CreateAcls, 3, { creations: [] });
  await connection.send(DeleteAcls, 3, { filters: [] });
});

export const delegationTokens = scenario("delegation-tokens", async (session) => {
  const connection = await session.connect();
  const hmac = Buffer.from("no such token");
  for (const version of [1, 2, 3]) {
    const nobody = version < 3 ? "" : null;
    const owner = { ownerPrincipalType: nobody, ownerPrincipalName: nobody };
    const renewers = [{ principalType: "User", principalName: "berta" }];
    await connection.send(CreateDelegationToken, version, { ...owner, renewers, maxLifetimeMs: 60_000 });
    await connection.send(DescribeDelegationToken, version, { owners: null });
    const owners = [{ principalType: "User", principalName: "anna" }];
    await connection.send(DescribeDelegationToken, version, { owners });
  }
  const group = [{ principalType: "Group", principalName: "berta" }];
  const request = { ownerPrincipalType: null, ownerPrincipalName: null, renewers: group, maxLifetimeMs: 60_000 };
  await connection.send(CreateDelegationToken, 3, request);
  for (const version of [1, 2]) {
    await connection.send(RenewDelegationToken, version, { hmac, renewPeriodMs: 1000 });
    await connection.send(ExpireDelegationToken, version, { hmac, expiryTimePeriodMs: 1000 });
  }
});

export const saslAuthenticate = scenario("sasl-authenticate", async (session) => {
  const connection = await session.connect();
  for (const version of [0, 1, 2]) {
    await connection.send(SaslAuthenticate, version, { authBytes: Buffer.from("\0anna\0secret") });
  }
});

const [SHA_256, SHA_512] = [1, 2];

export const scramCredentials = scenario("scram-credentials", async (session) => {
  const connection = await session.connect();
  const upsertion = (name: string, mechanism = SHA_256, iterations = 4096) => ({
    ...{ name, mechanism, iterations },
    salt: Buffer.from("some salt"),
    saltedPassword: Buffer.from("a salted password"),
  });
  const upsert = (...upsertions: ReturnType<typeof upsertion>[]) =>
    connection.send(AlterUserScramCredentials, 0, { deletions: [], upsertions });
  const remove = (...deletions: { name: string; mechanism: number }[]) =>
    connection.send(AlterUserScramCredentials, 0, { deletions, upsertions: [] });
  const describe = async (...users: string[]) => {
    // A broker takes new metadata a moment after the controller has answered.
    await sleep(300);
    const named = users.map((name) => ({ name }));
    await connection.send(DescribeUserScramCredentials, 0, { users: users.length === 0 ? null : named });
  };
  await describe();
  await upsert(upsertion("anna"), upsertion("berta", SHA_512, 8192));
  await upsert(upsertion("anna", SHA_512));
  await describe();
  await describe("anna", "nobody");
  await describe("anna", "anna");
  await describe("");
  await connection.send(DescribeUserScramCredentials, 0, { users: [] });
  await upsert(upsertion("anna", SHA_256, 4095));
  await upsert(upsertion("anna", SHA_512, 4095));
  await upsert(upsertion("anna", SHA_256, 16_385));
  await upsert(upsertion("anna", 0), upsertion("berta", 9));
  await upsert(upsertion(""));
  await upsert(upsertion("anna", SHA_256, 5000), upsertion("anna", SHA_256, 6000));
  await upsert(upsertion("anna", SHA_256, 5000), upsertion("anna", SHA_512, 1));
  await connection.send(AlterUserScramCredentials, 0, {
    deletions: [{ name: "anna", mechanism: SHA_256 }],
    upsertions: [upsertion("anna")],
  });
  await connection.send(AlterUserScramCredentials, 0, {
    deletions: [{ name: "anna", mechanism: SHA_256 }],
    upsertions: [upsertion("anna", SHA_512, 7000), upsertion("berta", SHA_256, 1)],
  });
  await describe();
  await remove({ name: "anna", mechanism: SHA_256 });
  await remove({ name: "nobody", mechanism: SHA_256 });
  await remove({ name: "anna", mechanism: 7 });
  await remove({ name: "anna", mechanism: SHA_512 }, { name: "anna", mechanism: SHA_512 });
  await connection.send(AlterUserScramCredentials, 0, { deletions: [], upsertions: [] });
  await remove({ name: "anna", mechanism: SHA_512 }, { name: "berta", mechanism: SHA_512 });
  await describe();
});
