package compat;

/** What clients before 1.0 cannot do as those of 1.0 do. */
final class Era extends EarlierEra {
    static void addPartitions(Context context, String topic, int count) throws Exception {
        Main.ask("{\"ask\":\"add-partitions\",\"topic\":" + Main.quoted(topic) + ",\"count\":" + count + "}");
    }

    static void deleteRecords(Context context, String topic, long before) {
        throw new IllegalStateException("these clients cannot delete records");
    }
}
