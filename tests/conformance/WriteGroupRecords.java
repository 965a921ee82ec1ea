import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocolCollection;
import org.apache.kafka.common.utils.LogContext;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRecord;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordHelpers;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.OffsetAndMetadata;
import org.apache.kafka.coordinator.group.classic.ClassicGroup;
import org.apache.kafka.coordinator.group.classic.ClassicGroupMember;
import org.apache.kafka.coordinator.group.classic.ClassicGroupState;
import org.apache.kafka.coordinator.group.generated.GroupMetadataKey;
import org.apache.kafka.coordinator.group.generated.GroupMetadataValue;
import org.apache.kafka.coordinator.group.generated.LegacyOffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.LegacyOffsetCommitValue;
import org.apache.kafka.coordinator.group.generated.OffsetCommitKey;
import org.apache.kafka.coordinator.group.generated.OffsetCommitValue;
import org.apache.kafka.coordinator.group.modern.MemberState;
import org.apache.kafka.coordinator.group.modern.consumer.ConsumerGroupMember;
import org.apache.kafka.coordinator.group.modern.consumer.ResolvedRegularExpression;
import org.apache.kafka.server.common.ApiMessageAndVersion;

/**
 * Writes group records with the group coordinator of Apache Kafka: a line per record with its name, its key and its
 * value in hexadecimal ("null" for a tombstone).
 */
public class WriteGroupRecords {
    private static final GroupCoordinatorRecordSerde SERDE = new GroupCoordinatorRecordSerde();
    private static final Uuid TOPIC_ID = new Uuid(0, 7);

    public static void main(String[] args) {
        write("offset", GroupCoordinatorRecordHelpers.newOffsetCommitRecord("g", "t", 3, offset(OptionalLong.empty())));
        write("expiring", GroupCoordinatorRecordHelpers.newOffsetCommitRecord("g", "t", 3, offset(OptionalLong.of(2000))));
        write("offsetTombstone", GroupCoordinatorRecordHelpers.newOffsetCommitTombstoneRecord("g", "t", 3));
        write("group", GroupCoordinatorRecordHelpers.newGroupMetadataRecord(stable(), Map.of("i-1", new byte[] {8, 9})));
        write("emptyGroup", GroupCoordinatorRecordHelpers.newGroupMetadataRecord(emptied(), Map.of()));
        write("newGroup", GroupCoordinatorRecordHelpers.newEmptyGroupMetadataRecord(emptied()));
        write("groupTombstone", GroupCoordinatorRecordHelpers.newGroupMetadataTombstoneRecord("g"));
        for (short version = 0; version <= 4; version++) writeAt(version);
        writeConsumerGroup();
        write("legacy", CoordinatorRecord.record(
            new LegacyOffsetCommitKey().setGroup("g").setTopic("t").setPartition(3),
            new ApiMessageAndVersion(
                new LegacyOffsetCommitValue().setOffset(42).setMetadata("m").setCommitTimestamp(1000), (short) 0)));
    }

    private static void writeConsumerGroup() {
        var member = new ConsumerGroupMember.Builder("m").setInstanceId("i").setRackId("r").setClientId("client")
            .setClientHost("/127.0.0.1").setSubscribedTopicNames(List.of("t", "u")).setSubscribedTopicRegex("t.*")
            .setRebalanceTimeoutMs(300).setServerAssignorName("range").setState(MemberState.UNREVOKED_PARTITIONS)
            .setMemberEpoch(5).setPreviousMemberEpoch(4)
            .setAssignedPartitions(Map.of(TOPIC_ID, Map.of(3, 5)))
            .setPartitionsPendingRevocation(Map.of(TOPIC_ID, Map.of(1, 4))).build();
        var regex = new ResolvedRegularExpression(Set.of("t"), 12, 1000);
        write("consumerGroup", GroupCoordinatorRecordHelpers.newConsumerGroupEpochRecord("g", 7, -8));
        write("consumerGroupTombstone", GroupCoordinatorRecordHelpers.newConsumerGroupEpochTombstoneRecord("g"));
        write("consumerMember", GroupCoordinatorRecordHelpers.newConsumerGroupMemberSubscriptionRecord("g", member));
        write("consumerMemberTombstone",
            GroupCoordinatorRecordHelpers.newConsumerGroupMemberSubscriptionTombstoneRecord("g", "m"));
        write("consumerTarget", GroupCoordinatorRecordHelpers.newConsumerGroupTargetAssignmentRecord("g", "m",
            Map.of(TOPIC_ID, Set.of(3))));
        write("consumerTargetTombstone",
            GroupCoordinatorRecordHelpers.newConsumerGroupTargetAssignmentTombstoneRecord("g", "m"));
        write("consumerTargetEpoch",
            GroupCoordinatorRecordHelpers.newConsumerGroupTargetAssignmentMetadataRecord("g", 7, 1000));
        write("consumerTargetEpochTombstone",
            GroupCoordinatorRecordHelpers.newConsumerGroupTargetAssignmentMetadataTombstoneRecord("g"));
        write("consumerAssignment", GroupCoordinatorRecordHelpers.newConsumerGroupCurrentAssignmentRecord("g", member));
        write("consumerAssignmentTombstone",
            GroupCoordinatorRecordHelpers.newConsumerGroupCurrentAssignmentTombstoneRecord("g", "m"));
        write("consumerRegularExpression",
            GroupCoordinatorRecordHelpers.newConsumerGroupRegularExpressionRecord("g", "t.*", regex));
        write("consumerRegularExpressionTombstone",
            GroupCoordinatorRecordHelpers.newConsumerGroupRegularExpressionTombstone("g", "t.*"));
    }

    private static OffsetAndMetadata offset(OptionalLong expires) {
        return new OffsetAndMetadata(42, OptionalInt.of(5), "m", 1000, expires, TOPIC_ID);
    }

    private static ClassicGroup emptied() {
        return new ClassicGroup(new LogContext(), "g", ClassicGroupState.EMPTY, Time.SYSTEM, 4, Optional.of("consumer"),
            Optional.empty(), Optional.empty(), Optional.of(1000L));
    }

    private static ClassicGroup stable() {
        var group = new ClassicGroup(new LogContext(), "g", ClassicGroupState.STABLE, Time.SYSTEM, 4,
            Optional.of("consumer"), Optional.of("range"), Optional.of("i-1"), Optional.of(1000L));
        var protocols = new JoinGroupRequestProtocolCollection();
        protocols.add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[] {0, 1, 2}));
        group.add(new ClassicGroupMember("i-1", Optional.of("i"), "client", "/127.0.0.1", 300, 45, "consumer", protocols));
        return group;
    }

    private static void writeAt(short version) {
        write("offset" + version, CoordinatorRecord.record(
            new OffsetCommitKey().setGroup("g").setTopic("t").setPartition(3),
            new ApiMessageAndVersion(new OffsetCommitValue().setOffset(42).setLeaderEpoch(5).setMetadata("m")
                .setCommitTimestamp(1000).setExpireTimestamp(2000).setTopicId(TOPIC_ID), version)));
        var member = new GroupMetadataValue.MemberMetadata().setMemberId("i-1").setGroupInstanceId("i").setClientId("client")
            .setClientHost("/127.0.0.1").setRebalanceTimeout(300).setSessionTimeout(45)
            .setSubscription(new byte[] {0, 1, 2}).setAssignment(new byte[] {8, 9});
        write("group" + version, CoordinatorRecord.record(
            new GroupMetadataKey().setGroup("g"),
            new ApiMessageAndVersion(new GroupMetadataValue().setProtocolType("consumer").setGeneration(4)
                .setProtocol("range").setLeader("i-1").setCurrentStateTimestamp(1000)
                .setMembers(List.of(member)), version)));
    }

    private static void write(String name, CoordinatorRecord record) {
        var key = HexFormat.of().formatHex(SERDE.serializeKey(record));
        var value = SERDE.serializeValue(record);
        System.out.println(name + " " + key + " " + (value == null ? "null" : HexFormat.of().formatHex(value)));
    }
}
