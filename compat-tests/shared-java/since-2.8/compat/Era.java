package compat;

import static compat.Context.equal;
import static compat.Context.holds;
import static compat.Context.until;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;

/** The calls of the Java clients 2.8 and later that older ones have not, or have otherwise. */
final class Era {
    static final Set<String> CANNOT = Cannot.SCENARIOS;
    static final List<String> INVALID_RECORD = List.of("InvalidRecordException");

    static ConsumerRecords<byte[], byte[]> poll(KafkaConsumer<byte[], byte[]> consumer, long ms) {
        return consumer.poll(Duration.ofMillis(ms));
    }

    static long committed(Context context, String group, String topic) throws Exception {
        OffsetAndMetadata offset = context.admin().listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata().get().get(new TopicPartition(topic, 0));
        return offset == null ? -1 : offset.offset();
    }

    static void setOffset(Context context, String group, String topic, long offset) throws Exception {
        context.admin().alterConsumerGroupOffsets(group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset))).all().get();
    }

    static void sendOffset(KafkaProducer<byte[], byte[]> producer, String group, String topic, long offset) {
        producer.sendOffsetsToTransaction(
            Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset)), new ConsumerGroupMetadata(group));
    }

    static TopicDescription describeTopic(Context context, String topic) throws Exception {
        return DescribedTopics.of(context.admin().describeTopics(List.of(topic))).get().get(topic);
    }

    static void alterConfig(Context context, ConfigResource resource, String name, String value) throws Exception {
        AlterConfigOp set = new AlterConfigOp(new ConfigEntry(name, value), AlterConfigOp.OpType.SET);
        context.admin().incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
    }

    static void addPartitions(Context context, String topic, int count) throws Exception {
        context.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(count))).all().get();
    }

    static void deleteRecords(Context context, String topic, long before) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        var deleted = context.admin().deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(before)));
        equal(deleted.lowWatermarks().get(partition).get().lowWatermark(), before, "the low watermark");
    }

    static List<Long> bounds(Context context, String topic) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        long earliest = context.admin().listOffsets(Map.of(partition, OffsetSpec.earliest())).partitionResult(partition).get().offset();
        long latest = context.admin().listOffsets(Map.of(partition, OffsetSpec.latest())).partitionResult(partition).get().offset();
        return List.of(earliest, latest);
    }

    static void describeGroup(Context context) throws Exception {
        Records.hundred(context);
        Member member = context.member();
        until(() -> member.assigned().size() == 1, () -> "the member has no partition");
        member.commit(context.topic, 30);
        holds(isListed(context), "the group is not listed");
        ConsumerGroupDescription group = described(context);
        equal(group.state().toString(), "Stable", "the state");
        equal(group.members().stream().map(one -> one.clientId()).toList(), List.of(Context.CLIENT_ID), "the members");
        equal(bounds(context, context.topic).get(1) - committed(context, context.group, context.topic), 70L, "the lag");
        member.close();
        until(() -> described(context).state().toString().equals("Empty"), () -> "the group is not empty", 15_000);
        context.admin().deleteConsumerGroups(List.of(context.group)).all().get();
        holds(!isListed(context), "the deleted group is listed");
    }

    private static boolean isListed(Context context) throws Exception {
        return context.admin().listConsumerGroups().all().get().stream().anyMatch(one -> one.groupId().equals(context.group));
    }

    private static ConsumerGroupDescription described(Context context) {
        try {
            return context.admin().describeConsumerGroups(List.of(context.group)).all().get().get(context.group);
        } catch (Exception error) {
            throw new AssertionError("describing the group: " + error);
        }
    }
}
