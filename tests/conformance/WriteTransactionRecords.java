import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.coordinator.transaction.generated.TransactionLogValue;
import org.apache.kafka.server.common.TransactionVersion;

/**
 * Writes transaction records with the transaction coordinator of Apache Kafka: a line per record with its name, its key
 * and its value in hexadecimal ("null" for a tombstone).
 */
public class WriteTransactionRecords {
    private static final Set<TopicPartition> PARTITIONS = Set.of(new TopicPartition("t", 3));

    public static void main(String[] args) {
        for (TransactionState state : TransactionState.values()) {
            write(state.stateName(), metadata(state, state == TransactionState.EMPTY ? Set.of() : PARTITIONS, 41, -1));
        }
        write("lastEpoch", metadata(TransactionState.PREPARE_COMMIT, PARTITIONS, 42, 43));
        write("noPartitions", metadata(TransactionState.PREPARE_ABORT, Set.of(), 42, -1));
        print("tombstone", null);
        for (short version = 0; version <= 1; version++) print("value" + version, raw(version));
    }

    private static TxnTransitMetadata metadata(TransactionState state, Set<TopicPartition> partitions, long previous, long next) {
        return new TxnTransitMetadata(42, previous, next, (short) 7, (short) 6, 60_000, state,
            new HashSet<>(partitions), 1000, 2000, TransactionVersion.TV_2);
    }

    /** Every field that the version has. */
    private static byte[] raw(short version) {
        var value = new TransactionLogValue().setProducerId(42).setProducerEpoch((short) 7).setTransactionTimeoutMs(60_000)
            .setTransactionStatus(TransactionState.ONGOING.id()).setTransactionStartTimestampMs(1000)
            .setTransactionLastUpdateTimestampMs(2000).setTransactionPartitions(List.of(
                new TransactionLogValue.PartitionsSchema().setTopic("t").setPartitionIds(List.of(3, 1)),
                new TransactionLogValue.PartitionsSchema().setTopic("u").setPartitionIds(List.of(0))));
        if (version > 0) {
            value.setPreviousProducerId(41).setNextProducerId(43).setNextProducerEpoch((short) 2)
                .setClientTransactionVersion((short) 2);
        }
        return MessageUtil.toVersionPrefixedBytes(version, value);
    }

    private static void write(String name, TxnTransitMetadata metadata) {
        print(name, TransactionLog.valueToBytes(metadata, TransactionVersion.TV_2));
    }

    private static void print(String name, byte[] value) {
        var key = HexFormat.of().formatHex(TransactionLog.keyToBytes("tx"));
        System.out.println(name + " " + key + " " + (value == null ? "null" : HexFormat.of().formatHex(value)));
    }
}
