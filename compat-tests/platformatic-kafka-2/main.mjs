import { runPlatformatic } from "../shared-js/platformatic.mjs";

await runPlatformatic("platformatic-kafka-2");
