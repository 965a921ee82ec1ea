/** The Python that `install.sh` has put confluent-kafka-python into. */
import { inRepository } from "../../tests/support/repository.js";

export const python = inRepository(".cache", "confluent-kafka-python-2.16.1", "bin", "python");
