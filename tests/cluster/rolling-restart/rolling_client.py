"""SERVERS TOPIC: an application that writes numbers and reads them back in a group, with librdkafka's default settings.
It prints `error ...` for whatever the client lets through to it, and at a line of input its counts."""

import sys
import threading
import time

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer

servers, topic = sys.argv[1:3]
PAUSE_SECONDS = 0.01
CATCH_UP_SECONDS_MAX = 60
acknowledged = set()
read = set()
repeated = 0
# Between two acknowledgements.
longest = 0.0
last = None
is_ending = threading.Event()
is_over = threading.Event()


def complain(error):
    print("error", error, flush=True)


def on_error(error):
    # The others are news of brokers that come and go, which the client gets over by itself.
    if error.fatal():
        complain(error)


def delivered(error, message):
    global last, longest
    if error is None:
        acknowledged.add(message.value().decode())
        now = time.monotonic()
        longest = max(longest, now - (last or now))
        last = now
    else:
        complain(error)


def produce():
    producer = Producer({"bootstrap.servers": servers, "enable.idempotence": True, "error_cb": on_error})
    number = 0
    while not is_ending.is_set():
        try:
            producer.produce(topic, str(number), str(number), on_delivery=delivered)
        except (BufferError, KafkaException) as error:
            complain(error)
        number += 1
        producer.poll(PAUSE_SECONDS)
        time.sleep(PAUSE_SECONDS)
    if producer.flush(CATCH_UP_SECONDS_MAX) > 0:
        complain("records are still under way")


def consume():
    global repeated
    consumer = Consumer(
        {
            "bootstrap.servers": servers,
            "group.id": f"{topic}-readers",
            "auto.offset.reset": "earliest",
            "error_cb": on_error,
        }
    )
    consumer.subscribe([topic])
    while not is_over.is_set():
        message = consumer.poll(0.1)
        if message is None:
            continue
        if message.error() is not None:
            if message.error().code() != KafkaError._PARTITION_EOF:
                complain(message.error())
            continue
        value = message.value().decode()
        if not read:
            print("reads", flush=True)
        if value in read:
            repeated += 1
        read.add(value)
    consumer.close()


producing = threading.Thread(target=produce)
consuming = threading.Thread(target=consume)
consuming.start()
producing.start()
sys.stdin.readline()
is_ending.set()
producing.join()
deadline = time.monotonic() + CATCH_UP_SECONDS_MAX
while not acknowledged <= read and time.monotonic() < deadline:
    time.sleep(PAUSE_SECONDS)
is_over.set()
consuming.join()
counts = f"acknowledged {len(acknowledged)} missing {len(acknowledged - read)} repeated {repeated}"
print(counts, f"longest-ms {round(longest * 1000)}", flush=True)
