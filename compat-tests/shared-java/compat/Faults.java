package compat;

import static compat.Context.equal;
import static compat.Context.numbered;
import static compat.Context.record;
import static compat.Context.until;
import static compat.Context.values;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Scenarios in which connections, brokers or leaders go away. */
final class Faults {
    static void addTo(Map<String, Main.Body> bodies) {
        bodies.put("idempotent-disconnects", Faults::disconnects);
        bodies.put("broker-restart", context -> throughAnEnd(context, "restart-broker"));
        bodies.put("broker-kill", context -> throughAnEnd(context, "kill-broker"));
        bodies.put("leader-change", Faults::leaderChange);
    }

    private static KafkaProducer<byte[], byte[]> idempotent(Context context) {
        return context.producer("enable.idempotence", "true", "retries", "1000", "retry.backoff.ms", "50");
    }

    private static List<Future<?>> sending(KafkaProducer<byte[], byte[]> producer, Context context, List<String> values) {
        List<Future<?>> sent = new ArrayList<>();
        for (String value : values) sent.add(producer.send(record(context.topic, 0, null, value)));
        return sent;
    }

    private static void acknowledged(List<Future<?>> sent) throws Exception {
        for (Future<?> one : sent) one.get();
    }

    private static void disconnects(Context context) throws Exception {
        context.createTopic(context.topic, 1);
        KafkaProducer<byte[], byte[]> producer = idempotent(context);
        for (int from = 0; from < 2000; from += 500) {
            List<Future<?>> sent = sending(producer, context, numbered("value", from, 500));
            if (from > 0) Main.ask("{\"ask\":\"drop-connections\"}");
            acknowledged(sent);
        }
        equal(values(context.readAll(2000)), numbered(2000), "what a reader finds");
    }

    private static void throughAnEnd(Context context, String deed) throws Exception {
        context.createTopic(context.topic, 1);
        KafkaProducer<byte[], byte[]> producer = idempotent(context);
        Member member = context.member("enable.auto.commit", "true", "auto.commit.interval.ms", "200");
        acknowledged(sending(producer, context, numbered("value", 0, 500)));
        Main.ask("{\"ask\":\"" + deed + "\"}");
        acknowledged(sending(producer, context, numbered("value", 500, 500)));
        until(() -> new HashSet<>(member.values()).size() == 1000, () -> new HashSet<>(member.values()).size() + " of 1000", 60_000);
        equal(values(context.readAll(1000)), numbered(1000), "what a new reader finds");
    }

    private static void leaderChange(Context context) throws Exception {
        context.createTopic(context.topic, 1, 3, "min.insync.replicas", "2");
        KafkaProducer<byte[], byte[]> producer = idempotent(context);
        Member member = context.member("enable.auto.commit", "true");
        for (int from = 0; from < 400; from += 100) {
            List<Future<?>> sent = sending(producer, context, numbered("value", from, 100));
            if (from > 0) Main.ask("{\"ask\":\"move-leader\",\"topic\":" + Main.quoted(context.topic) + "}");
            acknowledged(sent);
        }
        until(() -> new HashSet<>(member.values()).size() == 400, () -> new HashSet<>(member.values()).size() + " of 400");
        equal(values(context.readAll(400)), numbered(400), "what a new reader finds");
    }
}
