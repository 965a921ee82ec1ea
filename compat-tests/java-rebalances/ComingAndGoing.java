import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Twenty members of one group come and go, while records are sent: `ComingAndGoing SERVERS TOPIC PARTITIONS GROUP PROTOCOL
 * SEED`. In the end all of them stay until everything is read. Prints what must not be, and then what was.
 */
public final class ComingAndGoing {
    private static final int MEMBERS = 20;
    /** How often each of them joins. In its last life it stays. */
    private static final int LIVES = 3;
    /** One that goes without a word is a member until its session times out. */
    private static final int GOES_SILENTLY_EVERY = 20;
    private static final int LIFE_MS_MIN = 4_000;
    private static final int LIFE_MS_MAX = 16_000;
    private static final long END_MS_MAX = 150_000;

    private final String servers;
    private final String topic;
    private final String group;
    private final String protocol;
    private final Ownership ownership;
    private final CountDownLatch lastLives = new CountDownLatch(MEMBERS);
    private final AtomicInteger memberships = new AtomicInteger();
    private volatile boolean ends = false;

    private ComingAndGoing(String[] args) {
        servers = args[0];
        topic = args[1];
        ownership = new Ownership(Integer.parseInt(args[2]));
        group = args[3];
        protocol = args[4];
    }

    public static void main(String[] args) throws Exception {
        new ComingAndGoing(args).run(Long.parseLong(args[5]));
    }

    private void run(long seed) throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int number = 0; number < MEMBERS; number++) {
            String name = "member-" + number;
            Random random = new Random(seed * MEMBERS + number);
            threads.add(new Thread(() -> live(name, random), name));
        }
        threads.forEach(Thread::start);
        int sent = send();
        long deadlineMs = System.currentTimeMillis() + END_MS_MAX;
        while (!(ownership.isShared(MEMBERS) && ownership.hasRead(sent)) && System.currentTimeMillis() < deadlineMs) {
            Thread.sleep(100);
        }
        ownership.print(MEMBERS);
        System.out.println("sent " + sent + ", missed " + (sent - ownership.read()));
        System.out.println("memberships " + memberships + ", " + ownership.history());
        ends = true;
        for (Thread thread : threads) thread.join();
    }

    /** A record every few milliseconds, until every member is in its last life. */
    private int send() throws Exception {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", servers);
        int sent = 0;
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            while (!lastLives.await(3, TimeUnit.MILLISECONDS)) {
                producer.send(new ProducerRecord<>(topic, sent % ownership.partitions(), null, String.valueOf(sent)));
                sent++;
            }
        }
        return sent;
    }

    private void live(String name, Random random) {
        try {
            for (int life = 1; life < LIVES; life++) {
                int lifeMs = LIFE_MS_MIN + random.nextInt(LIFE_MS_MAX - LIFE_MS_MIN);
                liveOnce(name + "." + life, System.currentTimeMillis() + lifeMs, random.nextInt(GOES_SILENTLY_EVERY) == 0);
            }
            lastLives.countDown();
            liveOnce(name + "." + LIVES, Long.MAX_VALUE, false);
        } catch (RuntimeException failed) {
            System.out.println(name + " failed: " + failed);
            lastLives.countDown();
        }
    }

    private void liveOnce(String name, long untilMs, boolean goesSilently) {
        KafkaConsumer<String, String> consumer =
            new KafkaConsumer<>(settings(), new StringDeserializer(), new StringDeserializer());
        memberships.incrementAndGet();
        try {
            consumer.subscribe(List.of(topic), ownership.listener(name));
            while (!ends && System.currentTimeMillis() < untilMs) {
                ConsumerRecords<String, String> records = consumer.poll(Duration.ofMillis(50));
                for (ConsumerRecord<String, String> record : records) ownership.onRead(name, record);
                if (!records.isEmpty()) commit(consumer);
            }
        } finally {
            CloseOptions.GroupMembershipOperation how = goesSilently
                ? CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP
                : CloseOptions.GroupMembershipOperation.LEAVE_GROUP;
            consumer.close(CloseOptions.groupMembershipOperation(how));
        }
    }

    /** What cannot be committed, as the group is on its way to others, is read once more. */
    private static void commit(KafkaConsumer<String, String> consumer) {
        try {
            consumer.commitSync();
        } catch (RebalanceInProgressException | CommitFailedException later) {
            return;
        }
    }

    private Properties settings() {
        Properties settings = new Properties();
        settings.put("bootstrap.servers", servers);
        settings.put("group.id", group);
        settings.put("group.protocol", protocol);
        settings.put("auto.offset.reset", "earliest");
        settings.put("enable.auto.commit", "false");
        if (protocol.equals("classic")) {
            settings.put("partition.assignment.strategy", CooperativeStickyAssignor.class.getName());
            settings.put("session.timeout.ms", "6000");
            settings.put("heartbeat.interval.ms", "300");
        }
        return settings;
    }
}
