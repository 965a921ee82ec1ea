/** Quotas of users, client ids and addresses (KIP-546, KIP-612). */
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeClientQuotas } from "../../../src/protocol/messages/48-describe-client-quotas.js";
import { AlterClientQuotas } from "../../../src/protocol/messages/49-alter-client-quotas.js";
import { type Connection, scenario } from "../scenario.js";

const [EXACT, DEFAULT, ANY] = [0, 1, 2];

type Entity = Readonly<Record<string, string | null>>;
/** Null takes the quota away. */
type Quotas = Readonly<Record<string, number | null>>;

function entityOf(entity: Entity) {
  return Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName }));
}

function alter(
  connection: Connection,
  version: number,
  entries: readonly (readonly [Entity, Quotas])[],
  validateOnly = false,
) {
  return connection.send(AlterClientQuotas, version, {
    entries: entries.map(([entity, quotas]) => ({
      entity: entityOf(entity),
      ops: Object.entries(quotas).map(([key, value]) => ({ key, value: value ?? 0, remove: value === null })),
    })),
    validateOnly,
  });
}

type Component = readonly [entityType: string, matchType: number, match?: string];

async function describe(connection: Connection, version: number, components: readonly Component[], strict = false) {
  // A broker takes new metadata a moment after the controller has answered.
  await sleep(300);
  await connection.send(DescribeClientQuotas, version, {
    components: components.map(([entityType, matchType, match = null]) => ({ entityType, matchType, match })),
    strict,
  });
}

const everything: Quotas = { producer_byte_rate: null, consumer_byte_rate: null, request_percentage: null };

export const clientQuotas = scenario("client-quotas", async (session) => {
  const connection = await session.connect();
  await alter(connection, 0, [[{ user: "anna" }, { producer_byte_rate: 1000, consumer_byte_rate: 2000.5 }]]);
  await alter(connection, 1, [
    [{ user: "anna", "client-id": "app" }, { producer_byte_rate: 500 }],
    [{ user: null }, { request_percentage: 50 }],
    [{ user: null, "client-id": null }, { request_percentage: 25 }],
    [{ "client-id": "app" }, { consumer_byte_rate: 10 }],
    [{ ip: "127.0.0.9" }, { connection_creation_rate: 5 }],
  ]);
  for (const version of [0, 1]) await describe(connection, version, []);
  await describe(connection, 1, [], true);
  for (const strict of [false, true]) {
    await describe(connection, 1, [["user", EXACT, "anna"]], strict);
    await describe(connection, 1, [["user", DEFAULT]], strict);
    await describe(connection, 1, [["user", ANY]], strict);
    await describe(
      connection,
      1,
      [
        ["user", EXACT, "anna"],
        ["client-id", EXACT, "app"],
      ],
      strict,
    );
    await describe(
      connection,
      1,
      [
        ["user", ANY],
        ["client-id", ANY],
      ],
      strict,
    );
    await describe(connection, 1, [["ip", EXACT, "127.0.0.9"]], strict);
    await describe(connection, 1, [["client-id", EXACT, "nobody"]], strict);
  }
  await alter(connection, 1, [[{ user: "anna" }, { producer_byte_rate: null }]]);
  await alter(connection, 1, [[{ user: "anna" }, { consumer_byte_rate: 7 }]], true);
  await describe(connection, 1, [["user", EXACT, "anna"]], true);
  await alter(connection, 1, [
    [{ user: "anna" }, everything],
    [{ user: "anna", "client-id": "app" }, everything],
    [{ user: null }, everything],
    [{ user: null, "client-id": null }, everything],
    [{ "client-id": "app" }, everything],
    [{ ip: "127.0.0.9" }, { connection_creation_rate: null }],
  ]);
  await describe(connection, 1, []);
});

export const clientQuotaErrors = scenario("client-quota-errors", async (session) => {
  const connection = await session.connect();
  for (const [entity, quotas] of [
    [{}, { producer_byte_rate: 1 }],
    [{ colour: "blue" }, { producer_byte_rate: 1 }],
    [{ user: "" }, { producer_byte_rate: 1 }],
    [{ user: "anna", ip: "127.0.0.9" }, { producer_byte_rate: 1 }],
    [{ user: "anna" }, { no_such_quota: 1 }],
    [{ user: "anna" }, { no_such_quota: null }],
    [{ user: "anna" }, { producer_byte_rate: 0 }],
    [{ user: "anna" }, { producer_byte_rate: -1 }],
    [{ user: "anna" }, { producer_byte_rate: 1.5 }],
    [{ user: "anna" }, { request_percentage: 1.5 }],
    [{ user: "anna" }, { connection_creation_rate: 1 }],
    [{ user: "anna" }, { producer_byte_rate: 1e19 }],
    [{ user: "anna" }, { controller_mutation_rate: 0.5 }],
    [{ ip: "127.0.0.9" }, { producer_byte_rate: 1 }],
    [{ ip: "127.0.0.9" }, { connection_creation_rate: 0.5 }],
    [{ ip: "127.0.0.9" }, { connection_creation_rate: 1e12 }],
    [{ ip: "not an address" }, { connection_creation_rate: 1 }],
    [{ user: "anna" }, {}],
    [{ user: "nobody" }, { producer_byte_rate: null }],
  ] as const) {
    await alter(connection, 1, [[entity, quotas]], true);
  }
  const twice = [{ user: "anna" }, { producer_byte_rate: 1 }] as const;
  await alter(connection, 1, [twice, twice], true);
  await connection.send(AlterClientQuotas, 1, { entries: [], validateOnly: true });
  const doubled = [
    { key: "producer_byte_rate", value: 1, remove: false },
    { key: "producer_byte_rate", value: 2, remove: false },
  ];
  const twoUsers = [
    { entityType: "user", entityName: "anna" },
    { entityType: "user", entityName: "berta" },
  ];
  await connection.send(AlterClientQuotas, 1, {
    entries: [{ entity: entityOf({ user: "anna" }), ops: doubled }],
    validateOnly: true,
  });
  await connection.send(AlterClientQuotas, 1, {
    entries: [{ entity: twoUsers, ops: doubled.slice(1) }],
    validateOnly: true,
  });
  const components: readonly (readonly Component[])[] = [
    [["colour", EXACT, "blue"]],
    [["", EXACT, "blue"]],
    [["user", EXACT]],
    [["user", DEFAULT, "anna"]],
    [["user", ANY, "anna"]],
    [["user", 7]],
    [
      ["user", EXACT, "anna"],
      ["user", DEFAULT],
    ],
    [
      ["user", EXACT, "anna"],
      ["ip", EXACT, "127.0.0.9"],
    ],
  ];
  for (const one of components) await describe(connection, 1, one);
});
