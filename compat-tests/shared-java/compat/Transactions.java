package compat;

import static compat.Context.equal;
import static compat.Context.numbered;
import static compat.Context.record;
import static compat.Context.until;
import static compat.Context.values;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;

/** Scenarios about transactions. */
final class Transactions {
    static void addTo(Map<String, Main.Body> bodies) {
        bodies.put("txn-commit", Transactions::commit);
        bodies.put("txn-abort", Transactions::abort);
        bodies.put("txn-fence", Transactions::fence);
        bodies.put("read-committed", Transactions::readCommitted);
    }

    private static KafkaProducer<byte[], byte[]> transactional(Context context) {
        KafkaProducer<byte[], byte[]> producer =
            context.producer("transactional.id", context.transactionalId, "enable.idempotence", "true");
        producer.initTransactions();
        return producer;
    }

    private static void sendTo(KafkaProducer<byte[], byte[]> producer, Context context, List<String> values) throws Exception {
        Context.sendAll(producer, values.stream().map(value -> record(context.topic, 0, null, value)).toList());
    }

    private static void commit(Context context) throws Exception {
        context.createTopic(context.topic, 2);
        KafkaProducer<byte[], byte[]> producer = transactional(context);
        producer.beginTransaction();
        Context.sendAll(producer, IntStream.range(0, 10).mapToObj(i -> record(context.topic, i % 2, null, "value-" + i)).toList());
        Era.sendOffset(producer, context.group, context.topic, 7);
        producer.commitTransaction();
        var read = context.readAll(10, "isolation.level", "read_committed");
        for (int p = 0; p < 2; p++) {
            int partition = p;
            List<String> expected = IntStream.range(0, 5).mapToObj(i -> "value-" + (partition + 2 * i)).toList();
            equal(values(Records.of(read, p)), expected, "partition " + p);
        }
        equal(Era.committed(context, context.group, context.topic), 7L, "the committed offset of the group");
    }

    private static void abort(Context context) throws Exception {
        context.createTopic(context.topic, 1);
        KafkaProducer<byte[], byte[]> producer = transactional(context);
        producer.beginTransaction();
        sendTo(producer, context, numbered("dropped", 0, 10));
        Era.sendOffset(producer, context.group, context.topic, 7);
        producer.abortTransaction();
        producer.beginTransaction();
        sendTo(producer, context, numbered("kept", 0, 5));
        producer.commitTransaction();
        equal(values(context.readAll(5, "isolation.level", "read_committed")), numbered("kept", 0, 5), "what read_committed finds");
        List<String> all = new ArrayList<>(numbered("dropped", 0, 10));
        all.addAll(numbered("kept", 0, 5));
        equal(values(context.readAll(15, "isolation.level", "read_uncommitted")), all, "what read_uncommitted finds");
        equal(Era.committed(context, context.group, context.topic), -1L, "the committed offset of the group");
    }

    private static void fence(Context context) throws Exception {
        context.createTopic(context.topic, 1);
        KafkaProducer<byte[], byte[]> one = transactional(context);
        one.beginTransaction();
        sendTo(one, context, List.of("old"));
        KafkaProducer<byte[], byte[]> two = transactional(context);
        List<String> fenced = List.of("ProducerFencedException", "InvalidProducerEpochException");
        Context.failsWith(fenced, one::commitTransaction, "the commit of the first producer");
        two.beginTransaction();
        sendTo(two, context, List.of("new"));
        two.commitTransaction();
        equal(values(context.readAll(1, "isolation.level", "read_committed")), List.of("new"), "what read_committed finds");
    }

    private static void readCommitted(Context context) throws Exception {
        context.createTopic(context.topic, 1);
        KafkaProducer<byte[], byte[]> producer = transactional(context);
        producer.beginTransaction();
        sendTo(producer, context, numbered("open", 0, 5));
        context.send(numbered("plain", 0, 5));
        List<String> expected = new ArrayList<>(numbered("open", 0, 5));
        expected.addAll(numbered("plain", 0, 5));
        equal(values(context.readAll(10)), expected, "what read_uncommitted finds");
        Member reader = context.member("isolation.level", "read_committed");
        until(() -> reader.assigned().size() == 1, () -> "the reader has no partition");
        Thread.sleep(2000);
        equal(reader.values(), List.of(), "what read_committed finds while the transaction is open");
        producer.commitTransaction();
        until(() -> reader.read.size() >= 10, () -> reader.read.size() + " of 10 records were read");
        equal(reader.values(), expected, "what read_committed finds in the end");
    }
}
