import { expect, test } from "vitest";
import { gatewayOf } from "./surroundings.js";

const heading = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";

test("the gateway of a container is read off the kernel's table of routes", () => {
  const table = [
    heading,
    "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
    "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0",
  ];
  expect(gatewayOf(table.join("\n"))).toBe("172.17.0.1");
});

test("a machine without a default route has no gateway", () => {
  expect(gatewayOf(heading)).toBeNull();
  expect(gatewayOf("")).toBeNull();
});
