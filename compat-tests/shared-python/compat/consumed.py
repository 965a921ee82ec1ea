"""What kafka-python and aiokafka, which comes of it, have in common: the shape of their records, and how a member learns
of its partitions."""

from compat import client


def record_of(record):
    return client.Record(
        record.value,
        record.key,
        list(record.headers),
        record.timestamp,
        record.partition,
        record.offset,
        record.topic,
    )


class Holdings:
    """Keeps book of the partitions that a member is given and that are taken from it."""

    def __init__(self):
        self.has, self.had = set(), []

    def on_partitions_assigned(self, assigned):
        self.has |= {one.partition for one in assigned}

    def on_partitions_revoked(self, revoked):
        self.has -= {one.partition for one in revoked}
        self.had += [one.partition for one in revoked]

    def assigned(self):
        return sorted(self.has)

    def revoked(self):
        return sorted(self.had)
