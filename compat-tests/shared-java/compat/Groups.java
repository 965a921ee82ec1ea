package compat;

import static compat.Context.equal;
import static compat.Context.numbered;
import static compat.Context.record;
import static compat.Context.until;
import static compat.Context.values;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Scenarios about groups. */
final class Groups {
    private static final String COOPERATIVE = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor";

    static void addTo(Map<String, Main.Body> bodies) {
        bodies.put("commit-resume", Groups::commitResume);
        bodies.put("group-offset-alter", Groups::offsetAlter);
        bodies.put("subscribe-pattern", Groups::subscribePattern);
        bodies.put("group-come-go", Groups::comeAndGo);
        bodies.put("group-member-dies", Groups::memberDies);
        bodies.put("static-membership", Groups::staticMembership);
        bodies.put("cooperative-rebalance", Groups::cooperative);
        bodies.put("consumer-protocol", Groups::consumerProtocol);
        bodies.put("error-fenced", Groups::fenced);
        bodies.put("old-protocol", Groups::oldProtocol);
    }

    private static void commitResume(Context context) throws Exception {
        Records.hundred(context);
        commitAfterReading(context, 40);
        Member second = resumesAt(context, 40);
        until(() -> second.read.size() >= 60, () -> second.read.size() + " of 60 records were read");
        equal(second.values(), numbered("value", 40, 60), "the rest");
    }

    private static void commitAfterReading(Context context, long offset) throws Exception {
        Member first = context.member();
        until(() -> first.read.size() >= offset, () -> first.read.size() + " records were read");
        first.commit(context.topic, offset);
        first.close();
        equal(Era.committed(context, context.group, context.topic), offset, "the committed offset");
    }

    private static Member resumesAt(Context context, long offset) throws Exception {
        Member member = context.member();
        until(() -> !member.read.isEmpty(), () -> "nothing was read");
        equal(member.values().get(0), "value-" + offset, "the first record of the group");
        return member;
    }

    private static void offsetAlter(Context context) throws Exception {
        Records.hundred(context);
        Era.setOffset(context, context.group, context.topic, 25);
        resumesAt(context, 25);
    }

    private static void subscribePattern(Context context) throws Exception {
        for (String end : List.of("-a", "-b")) {
            context.createTopic(context.topic + end, 1);
            context.sendRecords(numbered(10).stream().map(value -> record(context.topic + end, 0, null, value)).toList());
        }
        Pattern pattern = Pattern.compile("^" + Pattern.quote(context.topic) + "-.*");
        Member member = context.keep(new Member(context.memberSettings(), null, pattern, null));
        until(() -> member.read.size() >= 20, () -> member.read.size() + " of 20 records were read");
        Thread.sleep(500);
        for (String end : List.of("-a", "-b")) {
            equal(values(member.read.stream().filter(one -> one.topic().endsWith(end)).toList()), numbered(10), "of the topic " + end);
        }
    }

    private static void share(Member a, Member b) throws Exception {
        until(() -> a.assigned().size() == 2 && b.assigned().size() == 2, () -> "A has " + a.assigned() + ", B " + b.assigned());
        Set<Integer> both = new TreeSet<>(a.assigned());
        both.addAll(b.assigned());
        equal(both, new TreeSet<>(Set.of(0, 1, 2, 3)), "the partitions of both");
    }

    private static void hasAll(Member member, long timeoutMs) throws Exception {
        until(() -> member.assigned().size() == 4, () -> "the member has " + member.assigned(), timeoutMs);
    }

    private static void fortyOnce(Context context, Member... members) throws Exception {
        context.sendRecords(IntStream.range(0, 40).mapToObj(i -> record(context.topic, i % 4, null, "value-" + i)).toList());
        until(() -> all(members).size() >= 40, () -> all(members).size() + " of 40 records were read");
        Thread.sleep(500);
        List<String> read = all(members);
        equal(read.size(), 40, "the number of records");
        equal(new TreeSet<>(read), new TreeSet<>(numbered(40)), "the records");
    }

    private static List<String> all(Member... members) {
        List<String> read = new ArrayList<>();
        for (Member member : members) read.addAll(member.values());
        return read;
    }

    private static void comeAndGo(Context context) throws Exception {
        context.createTopic(context.topic, 4);
        Member a = context.member();
        hasAll(a, 30_000);
        Member b = context.member();
        share(a, b);
        b.close();
        hasAll(a, 30_000);
        fortyOnce(context, a);
    }

    private static void memberDies(Context context) throws Exception {
        context.createTopic(context.topic, 4);
        Member a = context.member("session.timeout.ms", "6000", "heartbeat.interval.ms", "1000");
        hasAll(a, 30_000);
        String java = System.getProperty("java.home") + "/bin/java";
        Process child = new ProcessBuilder(
            java, "-cp", System.getProperty("java.class.path"), "compat.Main", "--doomed", context.bootstrap, context.topic, context.group)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            until(() -> a.assigned().size() == 2, () -> "A has " + a.assigned());
            // The other has its two as soon as it has its answer.
            Thread.sleep(1000);
        } finally {
            child.destroyForcibly().waitFor();
        }
        hasAll(a, 20_000);
    }

    static void liveUntilKilled(String bootstrap, String topic, String group) throws Exception {
        Context context = new Context(bootstrap, topic);
        context.member(List.of(topic), "group.id", group, "session.timeout.ms", "6000", "heartbeat.interval.ms", "1000");
        Thread.sleep(60_000);
    }

    private static void staticMembership(Context context) throws Exception {
        context.createTopic(context.topic, 4);
        Member one = context.member("group.instance.id", "one", "session.timeout.ms", "30000");
        hasAll(one, 30_000);
        Member two = context.member("group.instance.id", "two", "session.timeout.ms", "30000");
        share(one, two);
        Set<Integer> before = one.assigned();
        two.lost.clear();
        one.close();
        Member again = context.member("group.instance.id", "one", "session.timeout.ms", "30000");
        until(() -> again.assigned().size() == 2, () -> "the returned member has " + again.assigned());
        equal(again.assigned(), before, "the partitions of the returned member");
        Thread.sleep(1000);
        equal(two.lost, List.of(), "what the other member lost");
    }

    private static void cooperative(Context context) throws Exception {
        context.createTopic(context.topic, 4);
        Member a = context.member("partition.assignment.strategy", COOPERATIVE);
        hasAll(a, 30_000);
        Member b = context.member("partition.assignment.strategy", COOPERATIVE);
        share(a, b);
        equal(a.lost.stream().sorted().collect(Collectors.toList()), List.copyOf(b.assigned()), "what A lost");
    }

    private static void consumerProtocol(Context context) throws Exception {
        context.createTopic(context.topic, 4);
        Member a = context.member("group.protocol", "consumer");
        hasAll(a, 30_000);
        Member b = context.member("group.protocol", "consumer");
        share(a, b);
        fortyOnce(context, a, b);
    }

    private static void fenced(Context context) throws Exception {
        context.createTopic(context.topic, 1);
        Member a = context.member("group.instance.id", "one");
        until(() -> a.assigned().size() == 1, () -> "A has no partition");
        Member b = context.member("group.instance.id", "one");
        until(() -> a.failure != null, () -> "A goes on");
        equal(a.failure.getClass().getSimpleName(), "FencedInstanceIdException", "what A was told");
        until(() -> b.assigned().size() == 1, () -> "B has no partition");
    }

    private static void oldProtocol(Context context) throws Exception {
        Records.hundred(context);
        equal(values(context.readAll(100)), numbered(100), "the values");
        commitAfterReading(context, 50);
        resumesAt(context, 50);
    }
}
