"""The scenarios by their names in compat-tests/scenarios.ts, which says what each does."""

from . import scenarios_groups as groups
from . import scenarios_records as records
from . import scenarios_topics as topics
from . import scenarios_transactions as transactions
from .scenarios_faults import broker_comes_back, idempotent_disconnects, leader_change

SCENARIOS = {
    "metadata": topics.metadata,
    "topic-create-delete": topics.topic_create_delete,
    "produce-none": records.produce_with(None),
    "produce-gzip": records.produce_with("gzip"),
    "produce-snappy": records.produce_with("snappy"),
    "produce-lz4": records.produce_with("lz4"),
    "produce-zstd": records.produce_with("zstd"),
    "recompressed": records.recompressed,
    "keys-headers-nulls": records.keys_headers_nulls,
    "empty-values": records.empty_values,
    "large-record": records.large_record,
    "timestamps": records.timestamps,
    "seek-offset": records.seek_offset,
    "seek-time": records.seek_time,
    "offset-reset": groups.offset_reset,
    "commit-resume": groups.commit_resume,
    "group-offset-alter": groups.group_offset_alter,
    "subscribe-pattern": groups.subscribe_pattern,
    "many-partitions": records.many_partitions,
    "group-come-go": groups.group_come_go,
    "group-member-dies": groups.group_member_dies,
    "static-membership": groups.static_membership,
    "cooperative-rebalance": groups.cooperative_rebalance,
    "consumer-protocol": groups.consumer_protocol,
    "idempotent-disconnects": idempotent_disconnects,
    "concurrent-producers": records.concurrent_producers,
    "txn-commit": transactions.txn_commit,
    "txn-abort": transactions.txn_abort,
    "txn-fence": transactions.txn_fence,
    "read-committed": transactions.read_committed,
    "batch-100k": records.batch_100k,
    "admin-configs": topics.admin_configs,
    "partitions-added": topics.partitions_added,
    "delete-records": topics.delete_records,
    "describe-groups-lag": topics.describe_groups_lag,
    "error-unknown-topic": topics.error_unknown_topic,
    "error-too-large": records.error_too_large,
    "error-null-key": records.error_null_key,
    "error-fenced": groups.error_fenced,
    "broker-restart": broker_comes_back("restart-broker"),
    "broker-kill": broker_comes_back("kill-broker"),
    "leader-change": leader_change,
    "old-protocol": groups.old_protocol,
}
