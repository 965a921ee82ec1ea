package compat;

import static compat.Context.equal;
import static compat.Context.failsWith;
import static compat.Context.holds;
import static compat.Context.numbered;
import static compat.Context.record;
import static compat.Context.until;
import static compat.Context.values;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;

/** Scenarios of the administration client, and of what a broker refuses. */
final class Administration {
    static void addTo(Map<String, Main.Body> bodies) {
        bodies.put("metadata", Administration::metadata);
        bodies.put("topic-create-delete", Administration::createAndDelete);
        bodies.put("admin-configs", Administration::configs);
        bodies.put("partitions-added", Administration::partitionsAdded);
        bodies.put("delete-records", Administration::deleteRecords);
        bodies.put("describe-groups-lag", Era::describeGroup);
        bodies.put("error-unknown-topic", Administration::unknownTopic);
        bodies.put("error-too-large", Administration::tooLarge);
        bodies.put("error-null-key", Administration::nullKey);
    }

    private static void metadata(Context context) throws Exception {
        context.createTopic(context.topic, 3);
        var cluster = context.admin().describeCluster();
        Set<Integer> brokers = new HashSet<>();
        for (Node node : cluster.nodes().get()) {
            holds(!node.host().isEmpty() && node.port() > 0, "a broker is " + node);
            brokers.add(node.id());
        }
        holds(!cluster.clusterId().get().isEmpty(), "the cluster id is empty");
        holds(brokers.contains(cluster.controller().get().id()), "the controller is " + cluster.controller().get());
        TopicDescription described = Era.describeTopic(context, context.topic);
        equal(described.partitions().stream().map(TopicPartitionInfo::partition).toList(), List.of(0, 1, 2), "the partitions");
        for (TopicPartitionInfo partition : described.partitions()) {
            Node leader = partition.leader();
            boolean sound = brokers.contains(leader.id()) && partition.replicas().contains(leader) && partition.isr().contains(leader);
            holds(sound, "a partition is " + partition);
        }
    }

    private static Set<String> topics(Context context) {
        try {
            return context.admin().listTopics().names().get();
        } catch (Exception error) {
            throw new AssertionError("listing topics: " + error);
        }
    }

    private static void createAndDelete(Context context) throws Exception {
        context.createTopic(context.topic, 2, "retention.ms", "3600000");
        failsWith(List.of("TopicExistsException"), () -> context.createTopic(context.topic, 2), "creating it again");
        until(() -> topics(context).contains(context.topic), () -> "the topic is not listed", 10_000);
        context.admin().deleteTopics(List.of(context.topic)).all().get();
        until(() -> !topics(context).contains(context.topic), () -> "the deleted topic is listed", 15_000);
        failsWith(List.of("UnknownTopicOrPartitionException"),
            () -> context.admin().deleteTopics(List.of(context.topic)).all().get(), "deleting it again");
    }

    private static Config configsOf(Context context, ConfigResource resource) {
        try {
            return context.admin().describeConfigs(List.of(resource)).all().get().get(resource);
        } catch (Exception error) {
            throw new AssertionError("describing configs: " + error);
        }
    }

    private static void configs(Context context) throws Exception {
        context.createTopic(context.topic, 1, "retention.ms", "3600000");
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, context.topic);
        equal(configsOf(context, topic).get("retention.ms").value(), "3600000", "retention.ms");
        equal(configsOf(context, topic).get("cleanup.policy").value(), "delete", "cleanup.policy");
        Era.alterConfig(context, topic, "retention.ms", "7200000");
        until(() -> configsOf(context, topic).get("retention.ms").value().equals("7200000"), () -> "the config is as before", 5_000);
        List<String> refusals = List.of("InvalidConfigurationException", "InvalidRequestException");
        failsWith(refusals.subList(0, 1), () -> Era.alterConfig(context, topic, "retention.ms", "many"), "a wrong value");
        int broker = context.admin().describeCluster().nodes().get().iterator().next().id();
        ConfigResource ofBroker = new ConfigResource(ConfigResource.Type.BROKER, String.valueOf(broker));
        holds(configsOf(context, ofBroker).entries().size() > 10, "a broker has few configs");
    }

    private static void partitionsAdded(Context context) throws Exception {
        context.createTopic(context.topic, 2);
        Member member = context.member("metadata.max.age.ms", "1000");
        KafkaProducer<byte[], byte[]> producer = context.producer("metadata.max.age.ms", "1000");
        Context.sendAll(producer, IntStream.range(0, 100).mapToObj(i -> record(context.topic, i % 2, null, "value-" + i)).toList());
        Era.addPartitions(context, context.topic, 4);
        until(() -> producer.partitionsFor(context.topic).size() == 4, () -> "the producer does not know 4 partitions");
        Context.sendAll(producer, IntStream.range(100, 200).mapToObj(i -> record(context.topic, i % 4, null, "value-" + i)).toList());
        // A rebalance may begin again where the last commit was.
        until(() -> new HashSet<>(member.values()).size() == 200, () -> new HashSet<>(member.values()).size() + " of 200 records were read");
        member.close();
        for (int p = 2; p < 4; p++) equal(new HashSet<>(values(Records.of(member.read, p))).size(), 25, "records of partition " + p);
    }

    private static void deleteRecords(Context context) throws Exception {
        Records.hundred(context);
        Era.deleteRecords(context, context.topic, 60);
        equal(Era.bounds(context, context.topic), List.of(60L, 100L), "the earliest and the latest offset");
        equal(values(context.readAll(40)), numbered("value", 60, 40), "the values");
    }

    private static void unknownTopic(Context context) throws Exception {
        List<String> names = List.of("UnknownTopicOrPartitionException", "TimeoutException");
        failsWith(names, () -> context.send(List.of("v"), "max.block.ms", "5000"), "sending to an unknown topic");
        holds(!topics(context).contains(context.topic), "the topic was created");
    }

    private static void tooLarge(Context context) throws Exception {
        context.createTopic(context.topic, 1, "max.message.bytes", "10000");
        failsWith(List.of("RecordTooLargeException"), () -> context.send(List.of("x".repeat(20_000))), "a large record");
        context.send(List.of("small"));
        equal(values(context.readAll(1)), List.of("small"), "the values");
    }

    private static void nullKey(Context context) throws Exception {
        context.createTopic(context.topic, 1, "cleanup.policy", "compact");
        failsWith(Era.INVALID_RECORD, () -> context.send(List.of("v")), "a record without a key");
        context.sendRecords(List.of(record(context.topic, 0, "k", "v")));
        equal(values(context.readAll(1)), List.of("v"), "the values");
    }
}
