import { defineConfig } from "vitest/config";

/** One project per kind of suite: `npm test` runs `unit` and `e2e`; the slower ones have commands of their own. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "src/**/*.test.ts",
            "tests/architecture/**/*.test.ts",
            "tests/simulation/**/*.test.ts",
            "tests/crash/**/*.test.ts",
            "tests/recordings/**/*.test.ts",
            "tests/differential/**/*.test.ts",
          ],
          // A test that claims nothing cannot fail.
          expect: { requireAssertions: true },
          // Only what hangs should end by a timeout, however busy the machine is.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: "e2e", include: ["tests/e2e/**/*.test.ts"], testTimeout: 30_000 } },
      {
        test: {
          name: "cluster",
          include: ["tests/cluster/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 30_000,
          // Each fault has a cluster of processes of its own, and mostly waits.
          maxConcurrency: 3,
        },
      },
      { test: { name: "network", include: ["tests/network/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 30_000 } },
      { test: { name: "disk-full", include: ["tests/disk-full/**/*.test.ts"], hookTimeout: 60_000 } },
      { test: { name: "conformance", include: ["tests/conformance/**/*.test.ts"], testTimeout: 120_000 } },
      {
        test: { name: "compat", include: ["compat-tests/**/*.test.ts"], testTimeout: 300_000, fileParallelism: false },
      },
    ],
  },
});
