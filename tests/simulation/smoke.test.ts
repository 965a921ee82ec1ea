import { expect, test } from "vitest";
import { Simulation } from "../../src/environments/simulated/simulation.js";
import { Metadata } from "../../src/protocol/messages/03-metadata.js";
import { SimulatedBroker } from "./broker.js";
import { SimulatedClient } from "./client.js";
test("smoke", async () => {
  for (let i = 0; i < 2; i++) {
  const simulation = new Simulation(1);
  const broker = new SimulatedBroker(simulation, {});
  const t0 = process.hrtime.bigint();
  const s = await simulation.run(async () => {
    console.log(await broker.start());
    const client = new SimulatedClient(simulation.host().start(), broker.address, "c");
    console.log(JSON.stringify(await client.request(Metadata, 12, { topics: [{name: "a"}], includeTopicAuthorizedOperations: false })));
    console.log(await broker.stop());
  }, { eventsMax: 1e6, virtualMsMax: 1e6 });
  console.log(s, Number(process.hrtime.bigint() - t0) / 1e6, broker.log.slice(0, 5));
  }
});
