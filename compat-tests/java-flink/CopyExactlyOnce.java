import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringSchema;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Copies one topic to another, exactly once, until it is killed: `CopyExactlyOnce SERVERS FROM TO GROUP NAMING
 * CHECKPOINTS [CHECKPOINT]`. It begins at the start of the topic, or where the checkpoint says. The first record that
 * says "fail" makes the job fail, and begin again from its last checkpoint.
 */
public final class CopyExactlyOnce {
    private static final AtomicBoolean hasFailed = new AtomicBoolean();

    public static void main(String[] args) throws Exception {
        String checkpoint = args.length > 6 ? args[6] : null;
        StreamExecutionEnvironment job =
            StreamExecutionEnvironment.createLocalEnvironment(2, settings(args[5], checkpoint));
        KafkaSource<String> source = KafkaSource.<String>builder()
            .setBootstrapServers(args[0])
            .setTopics(args[1])
            .setGroupId(args[3])
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setValueOnlyDeserializer(new SimpleStringSchema())
            .build();
        KafkaSink<String> sink = KafkaSink.<String>builder()
            .setBootstrapServers(args[0])
            .setRecordSerializer(KafkaRecordSerializationSchema.builder()
                .setTopic(args[2])
                .setValueSerializationSchema(new SimpleStringSchema())
                .build())
            .setDeliveryGuarantee(DeliveryGuarantee.EXACTLY_ONCE)
            .setTransactionalIdPrefix(args[3])
            .setTransactionNamingStrategy(TransactionNamingStrategy.valueOf(args[4]))
            .setProperty("transaction.timeout.ms", "120000")
            .build();
        job.fromSource(source, WatermarkStrategy.noWatermarks(), "from").map(CopyExactlyOnce::copied).sinkTo(sink);
        job.execute();
    }

    private static String copied(String value) {
        if (value.startsWith("fail") && hasFailed.compareAndSet(false, true)) {
            System.out.println("fails");
            throw new IllegalStateException("on purpose");
        }
        return value;
    }

    private static Configuration settings(String checkpoints, String checkpoint) {
        Configuration settings = new Configuration();
        settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(400));
        settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, "file://" + checkpoints);
        settings.set(
            CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
            ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1000);
        settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(300));
        if (checkpoint != null) settings.set(StateRecoveryOptions.SAVEPOINT_PATH, checkpoint);
        return settings;
    }
}
