import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.connect.mirror.MirrorClient;

/**
 * What a program that moves from one cluster to the other asks there: `AskMirror SERVERS SOURCE GROUP`. Prints what is
 * mirrored, how far away the source is, and where the group goes on.
 */
public final class AskMirror {
    public static void main(String[] args) throws Exception {
        try (MirrorClient mirror = new MirrorClient(Map.of("bootstrap.servers", args[0]))) {
            System.out.println("upstream " + mirror.upstreamClusters());
            System.out.println("hops " + mirror.replicationHops(args[1]));
            System.out.println("mirrored " + new TreeSet<>(mirror.remoteTopics(args[1])));
            System.out.println("heartbeats " + mirror.heartbeatTopics());
            System.out.println("checkpoints " + mirror.checkpointTopics());
            Map<String, Long> offsets = new TreeMap<>();
            Map<TopicPartition, OffsetAndMetadata> checkpoints =
                mirror.remoteConsumerOffsets(args[2], args[1], Duration.ofSeconds(20));
            checkpoints.forEach((partition, offset) -> offsets.put(partition.toString(), offset.offset()));
            System.out.println("offsets " + offsets);
        }
    }
}
