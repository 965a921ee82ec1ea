/**
 * `npm run compat [-- CLIENT…]`: the suite against a broker that it starts, or that it is pointed at.
 *   --journeys [FOLDER…]   the longer stories of single clients instead, which are tests of their own
 *   --report               both against Samsa and against Apache Kafka, and writes REPORT.md
 *   --mutations [TEXT]     whether the suite sees faults that are put into Samsa
 * Everything else: compat-tests/README.md.
 */
import { inRepository } from "../tests/support/repository.js";
import { suiteCommand } from "./suite/command.js";
import { runJourneys } from "./suite/journeys.js";
import { runMutations } from "./suite/mutations.js";
import { writeReport } from "./suite/report-command.js";

const places = { clients: inRepository("compat-tests"), cache: inRepository(".cache", "compat") };
const args = process.argv.slice(2);
// What a client left open must not keep the command from ending.
process.exit(await codeOf(args[0]));

async function codeOf(mode: string | undefined): Promise<number> {
  switch (mode) {
    case "--journeys":
      return runJourneys(args.slice(1));
    case "--report":
      return await writeReport(args.slice(1), places);
    case "--mutations":
      return await runMutations(places, args.slice(1).join(" "));
    default:
      return await suiteCommand(args, places, null);
  }
}
