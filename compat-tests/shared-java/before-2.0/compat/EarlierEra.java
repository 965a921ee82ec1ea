package compat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** As in since-2.8, for clients before 2.0: groups are seen by a consumer, not by the administration client. */
class EarlierEra {
    static final Set<String> CANNOT = Cannot.SCENARIOS;
    // Before 2.4 the protocol had no word for it.
    static final List<String> INVALID_RECORD = List.of("CorruptRecordException", "InvalidRecordException", "UnknownServerException");

    static ConsumerRecords<byte[], byte[]> poll(KafkaConsumer<byte[], byte[]> consumer, long ms) {
        return consumer.poll(ms);
    }

    private static KafkaConsumer<byte[], byte[]> consumerOf(Context context, String group) {
        return context.keep(new KafkaConsumer<>(
            context.memberSettings("group.id", group), new ByteArrayDeserializer(), new ByteArrayDeserializer()));
    }

    static long committed(Context context, String group, String topic) {
        OffsetAndMetadata offset = consumerOf(context, group).committed(new TopicPartition(topic, 0));
        return offset == null ? -1 : offset.offset();
    }

    static void setOffset(Context context, String group, String topic, long offset) {
        TopicPartition partition = new TopicPartition(topic, 0);
        KafkaConsumer<byte[], byte[]> consumer = consumerOf(context, group);
        consumer.assign(List.of(partition));
        consumer.commitSync(Map.of(partition, new OffsetAndMetadata(offset)));
        consumer.close();
    }

    static void sendOffset(KafkaProducer<byte[], byte[]> producer, String group, String topic, long offset) {
        producer.sendOffsetsToTransaction(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset)), group);
    }

    static TopicDescription describeTopic(Context context, String topic) throws Exception {
        return context.admin().describeTopics(List.of(topic)).all().get().get(topic);
    }

    static void alterConfig(Context context, ConfigResource resource, String name, String value) throws Exception {
        context.admin().alterConfigs(Map.of(resource, new Config(List.of(new ConfigEntry(name, value))))).all().get();
    }

    static List<Long> bounds(Context context, String topic) {
        TopicPartition partition = new TopicPartition(topic, 0);
        KafkaConsumer<byte[], byte[]> consumer = consumerOf(context, context.group + "-bounds");
        List<TopicPartition> partitions = List.of(partition);
        return List.of(consumer.beginningOffsets(partitions).get(partition), consumer.endOffsets(partitions).get(partition));
    }

    static void describeGroup(Context context) {
        throw new IllegalStateException("these clients cannot describe groups");
    }
}
