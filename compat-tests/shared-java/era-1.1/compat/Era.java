package compat;

import static compat.Context.equal;

import java.util.Map;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/** The administration client of 1.0 and 1.1. */
final class Era extends EarlierEra {
    static void addPartitions(Context context, String topic, int count) throws Exception {
        context.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(count))).all().get();
    }

    static void deleteRecords(Context context, String topic, long before) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        var deleted = context.admin().deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)));
        equal(deleted.lowWatermarks().get(partition).get().lowWatermark(), before, "the low watermark");
    }
}
