import java.util.Collection;
import java.util.Collections;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;

/** What an administrator sees of a transaction while it is open, and how he ends it by force. */
public final class TransactionAdmin {
    public static void main(String[] args) throws Exception {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", args[0]);
        String topic = args[1];
        TopicPartition zero = new TopicPartition(topic, 0);
        try (Admin admin = Admin.create(settings)) {
            settings.put("transactional.id", topic);
            KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic, 0, "k", "hangs")).get();
            show(admin, topic);
            ProducerState hanging = producersOf(admin, zero).iterator().next();
            System.out.println("open from " + hanging.currentTransactionStartOffset().orElse(-1)
                + ", last sequence " + hanging.lastSequence());
            admin.abortTransaction(new AbortTransactionSpec(zero, hanging.producerId(),
                (short) hanging.producerEpoch(), hanging.coordinatorEpoch().orElse(0))).all().get();
            ProducerState aborted = producersOf(admin, zero).iterator().next();
            System.out.println("open after the abort: " + aborted.currentTransactionStartOffset().isPresent());
            show(admin, topic);
            admin.fenceProducers(Collections.singleton(topic)).all().get();
            show(admin, topic);
        }
        // The producer is left as it is: it could not end its transaction any more.
        Runtime.getRuntime().halt(0);
    }

    private static Collection<ProducerState> producersOf(Admin admin, TopicPartition partition) throws Exception {
        return admin.describeProducers(Collections.singleton(partition)).partitionResult(partition).get().activeProducers();
    }

    private static void show(Admin admin, String id) throws Exception {
        TransactionDescription description = described(admin, id);
        System.out.println("described " + description.state() + " " + description.topicPartitions());
        Set<String> open = new TreeSet<>();
        ListTransactionsOptions ongoing = new ListTransactionsOptions()
            .filterStates(Collections.singleton(TransactionState.ONGOING))
            .filterOnTransactionalIdPattern(id + ".*");
        for (TransactionListing listing : admin.listTransactions(ongoing).all().get()) open.add(listing.transactionalId());
        System.out.println("ongoing " + open);
    }

    /** The end of a transaction takes a moment to reach its partitions. */
    private static TransactionDescription described(Admin admin, String id) throws Exception {
        while (true) {
            TransactionDescription description = admin.describeTransactions(Collections.singleton(id)).description(id).get();
            if (!description.state().name().startsWith("PREPARE")) return description;
            Thread.sleep(20);
        }
    }
}
