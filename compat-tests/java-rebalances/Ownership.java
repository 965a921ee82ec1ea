import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Who owns what at every moment, as the members are told, and what they have read. Two may hold a partition at once only
 * when the first of them was put out of the group and does not know yet: it then hears that it has lost it; or when it has
 * only just been told of the partition. The heartbeat that is on its way then says that it has not got it, so the group
 * gives it to another at once, if that is whose it shall be now. Apache Kafka and its client do so too, on a busy machine.
 */
final class Ownership {
    /** After so long the group has heard of it, however busy the machine is. */
    private static final long UNCONFIRMED_NANOS = 5_000_000_000L;

    private record Owner(String member, long sinceNanos) {
        boolean isUnconfirmed() {
            return System.nanoTime() - sinceNanos < UNCONFIRMED_NANOS;
        }
    }

    private record Claim(String member, int partition) {}

    private final int partitions;
    private final Map<Integer, Owner> owners = new HashMap<>();
    /** What went to another before the group had heard that the member has it, and which of that it has given back. */
    private final Set<Claim> unconfirmed = new HashSet<>();
    private final Set<Claim> givenBack = new HashSet<>();
    /** Partitions that another member was given, by their former owner, until that one hears of its loss. */
    private final Map<String, Map<Integer, String>> takenAway = new TreeMap<>();
    private final List<String> wrongs = new ArrayList<>();
    private final Set<String> values = new HashSet<>();
    private int assigned = 0;
    private int lost = 0;
    private int readAgain = 0;

    Ownership(int partitions) {
        this.partitions = partitions;
    }

    int partitions() {
        return partitions;
    }

    ConsumerRebalanceListener listener(String member) {
        return new ConsumerRebalanceListener() {
            @Override
            public void onPartitionsAssigned(Collection<TopicPartition> given) {
                given.forEach(partition -> onAssigned(member, partition.partition()));
            }

            @Override
            public void onPartitionsRevoked(Collection<TopicPartition> taken) {
                taken.forEach(partition -> onRevoked(member, partition.partition()));
            }

            @Override
            public void onPartitionsLost(Collection<TopicPartition> taken) {
                taken.forEach(partition -> onLost(member, partition.partition()));
            }
        };
    }

    private synchronized void onAssigned(String member, int partition) {
        assigned++;
        Claim claim = new Claim(member, partition);
        unconfirmed.remove(claim);
        givenBack.remove(claim);
        Owner before = owners.put(partition, new Owner(member, System.nanoTime()));
        if (before == null) return;
        if (before.isUnconfirmed()) unconfirmed.add(new Claim(before.member, partition));
        else takenAway.computeIfAbsent(before.member, key -> new TreeMap<>()).put(partition, member);
    }

    private synchronized void onRevoked(String member, int partition) {
        // A client that closes may give back what it was about to be told of.
        Owner owner = owners.get(partition);
        Claim claim = new Claim(member, partition);
        if (unconfirmed.contains(claim)) givenBack.add(claim);
        else if (owner == null) return;
        else if (owner.member.equals(member)) owners.remove(partition);
        else wrongs.add("at once: " + member + " gives back " + partition + " of " + owner.member);
    }

    private synchronized void onLost(String member, int partition) {
        lost++;
        Owner owner = owners.get(partition);
        if (owner != null && owner.member.equals(member)) owners.remove(partition);
        Claim claim = new Claim(member, partition);
        if (unconfirmed.contains(claim)) givenBack.add(claim);
        Map<Integer, String> taken = takenAway.get(member);
        if (taken != null && taken.remove(partition) != null && taken.isEmpty()) takenAway.remove(member);
    }

    synchronized void onRead(String member, ConsumerRecord<String, String> record) {
        if (!values.add(record.value())) readAgain++;
    }

    synchronized int read() {
        return values.size();
    }

    synchronized boolean hasRead(int sent) {
        return values.size() == sent;
    }

    /** Each partition has one owner, and every member its fair part. */
    synchronized boolean isShared(int members) {
        Map<String, Integer> sizes = sizes();
        return owners.size() == partitions
            && givenBack.containsAll(unconfirmed)
            && sizes.size() == Math.min(members, partitions)
            && sizes.values().stream().allMatch(size -> size == partitions / members || size == partitions / members + 1);
    }

    private Map<String, Integer> sizes() {
        Map<String, Integer> sizes = new TreeMap<>();
        owners.values().forEach(owner -> sizes.merge(owner.member, 1, Integer::sum));
        return sizes;
    }

    synchronized void print(int members) {
        wrongs.forEach(System.out::println);
        takenAway.forEach((before, taken) -> System.out.println("at once: " + before + " and those of " + taken));
        System.out.println("fairly shared: " + (isShared(members) ? "yes" : sizes()));
    }

    synchronized String history() {
        int taken = unconfirmed.size();
        return "assigned " + assigned + ", lost " + lost + ", taken back at once " + taken + ", read again " + readAgain;
    }
}
