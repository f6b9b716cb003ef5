"""Steps on RabbitMQ, run by workers elsewhere. Messages carry an owner's number and steps' ids.

Of Celery this is the messaging half, kombu, and the form of a task's message; its workers and results are not used.

Handing over never keeps anybody waiting: ``enqueue`` leaves the ids to one publishing thread, which confirms each
message with the broker, and tries again while the broker is away. So a request is answered as fast with a frozen
broker as with a healthy one. What this thread still holds when the process dies is in the database all the same, and
the sweeper hands it over.

A queue has one order for all. So a worker (``Intake``) takes everything out of it at once, and owners take turns in
the engine behind it; nobody's steps stand before another's in the broker.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from amqp.exceptions import AMQPError, MessageNacked
from kombu import Connection, Exchange, Producer, Queue
from kombu.exceptions import KombuError
from kombu.mixins import ConsumerMixin

from designchord.errors import Unavailable, outcome_of

log = structlog.get_logger("designchord.engine")

TASK = "designchord.handle"
QUEUE = "designchord"
DEAD = "designchord.dead"

#: Deliveries of one message before it is put aside: a worker that dies of a step must not take all others with it.
DELIVERY_LIMIT = 20

#: Messages put aside are kept for a week, for whoever looks into it; the steps themselves are in the database.
DEAD_KEPT_MS, DEAD_KEPT = 7 * 86_400_000, 10_000

#: Seconds that anything asked of the broker may take. Without them a confirm from a frozen broker is waited for
#: for ever.
BROKER_SECONDS = 4.0

#: Steps that may wait for a broker that is away; further ones are left to the sweeper.
MAX_WAITING = 20_000

#: Steps whose messages are confirmed together.
BATCH = 200

#: Steps in one message. Those that become ready together make two messages at least, so that two workers share them.
STEPS_A_MESSAGE = 8

#: Messages that a worker may hold: more than a flood has, or what is behind it would not come to its turn.
TAKEN_AT_MOST = 5_000

#: Seconds between two signs of life. A suspended worker's messages go to others after twice as long.
HEARTBEAT = 10

_FAILURES = (AMQPError, KombuError, OSError)

_dead_exchange = Exchange(DEAD, type="fanout", durable=True)
_dead_queue = Queue(
    DEAD,
    _dead_exchange,
    durable=True,
    queue_arguments={"x-queue-type": "quorum", "x-message-ttl": DEAD_KEPT_MS, "x-max-length": DEAD_KEPT},
)
_queue = Queue(
    QUEUE,
    Exchange(QUEUE, type="direct", durable=True),
    routing_key=QUEUE,
    durable=True,
    queue_arguments={
        "x-queue-type": "quorum",  # on several nodes it survives the loss of one
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD,
    },
)


class RabbitMQEngine:
    """``Engine`` that publishes to RabbitMQ. Steps run where ``designchord worker`` runs."""

    def __init__(self, *, url: str) -> None:
        self._url = url
        self._changed = threading.Condition()
        self._waiting: OrderedDict[int, int] = OrderedDict()  # a step and its owner
        self._under_way = 0
        self._thread: threading.Thread | None = None
        self._stopping = False
        self._publisher = _Publisher(url)
        self._failing_since: float | None = None

    def start(self) -> None:
        """Nothing runs here."""

    def enqueue(self, steps: Iterable[int], *, owner: int = 0) -> None:
        with self._changed:
            for step in steps:
                if len(self._waiting) >= MAX_WAITING:
                    raise Unavailable("RabbitMQ does not take any steps at the moment.")
                self._waiting[step] = owner
            if self._thread is None:
                self._stopping = False
                self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def answers(self) -> bool:
        """Whether RabbitMQ can be reached, as the publishing thread knows or a new connection tells."""
        with self._changed:
            if self._failing_since is not None:
                return False
        try:
            with Connection(self._url, connect_timeout=2.0, heartbeat=0) as connection:
                transport = connection.transport
                transport.close_connection(transport.establish_connection())  # once; connect() tries again
        except _FAILURES:
            return False
        return True

    def waiting(self) -> int:
        """Steps not handed over yet."""
        with self._changed:
            return len(self._waiting) + self._under_way

    def stop(self, grace: float) -> None:
        """Hand over what waits, for at most ``grace`` seconds."""
        with self._changed:
            self._stopping = True
            thread, self._thread = self._thread, None
            self._changed.notify_all()
        if thread is not None:
            thread.join(grace)

    def _run(self) -> None:
        pause = 0.0
        while batch := self._next(pause):
            # Dying connections fail in many ways, and this thread must not end by one.
            outcome = outcome_of(partial(self._publisher.publish, batch))
            if isinstance(outcome, Exception):
                self._publisher.hang_up()
                self._put_back(batch)
                pause = min(max(0.25, pause * 2), 4.0)
                if self._failing_since is None:
                    self._failing_since = time.monotonic()
                    log.warning("broker_unreachable", error=type(outcome).__name__, waiting=self.waiting())
                continue
            if self._failing_since is not None:
                log.warning("broker_reached", away=round(time.monotonic() - self._failing_since, 1))
            self._failing_since, pause = None, 0.0
            self._put_back({})
        self._publisher.hang_up()

    def _next(self, pause: float) -> dict[int, int]:
        """The next steps to publish, with their owners; none when this is over."""
        with self._changed:
            if pause:
                self._changed.wait_for(lambda: self._stopping, pause)
                if self._stopping:
                    return {}  # the broker is away: the sweeper of another process has the rest
            self._changed.wait_for(lambda: self._waiting or self._stopping)
            batch = dict(self._waiting.popitem(last=False) for _ in range(min(BATCH, len(self._waiting))))
            self._under_way = len(batch)
            return batch

    def _put_back(self, batch: dict[int, int]) -> None:
        """End the publishing of a batch; what is given here was not confirmed and comes first again."""
        with self._changed:
            self._waiting = OrderedDict({**batch, **self._waiting})
            self._under_way = 0


def _messages(batch: dict[int, int]) -> Iterator[tuple[int, list[int]]]:
    """Steps as messages hold them, with their owner."""
    owned: dict[int, list[int]] = {}
    for step, owner in batch.items():
        owned.setdefault(owner, []).append(step)
    for owner, steps in owned.items():
        size = min(STEPS_A_MESSAGE, (len(steps) + 1) // 2)
        for first in range(0, len(steps), size):
            yield owner, steps[first : first + size]


class _Publisher:
    """A connection of one thread, opened when needed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Connection | None = None
        self._producer: Any = None
        self._sent = 0
        self._unconfirmed: set[int] = set()
        self._refused = False

    def publish(self, steps: dict[int, int]) -> None:
        """Publish and wait until the broker has confirmed each message; raises when it does not, in many ways.

        A message is what Celery would send for ``handle(owner, steps)``, without what nobody reads: half the time.
        Its form stays, so that workers of different releases can share a queue.
        """
        if self._connection is None:
            self._connect()
        for message in _messages(steps):
            self._producer.publish(
                [message, {}, {}],
                exchange=_queue.exchange.name,
                routing_key=_queue.routing_key,
                headers={"lang": "py", "task": TASK},
                serializer="json",
                delivery_mode="persistent",
                timeout=BROKER_SECONDS,
            )
            self._sent += 1
            self._unconfirmed.add(self._sent)
        self._await_confirms()

    def hang_up(self) -> None:
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            outcome_of(partial(connection.collect, socket_timeout=0.5))  # it is given up in any case

    def _connect(self) -> None:
        options = {"read_timeout": int(BROKER_SECONDS), "write_timeout": int(BROKER_SECONDS)}
        self._connection = Connection(self._url, connect_timeout=BROKER_SECONDS, heartbeat=0, transport_options=options)
        self._connection.connect()  # the properties of a connection try again by themselves, for long
        channel = self._connection.channel()
        for entity in (_dead_queue, _queue):
            entity(channel).declare()
        channel.confirm_select()
        self._sent, self._refused = 0, False
        self._unconfirmed.clear()
        channel.events["basic_ack"].add(self._on_confirm)
        channel.events["basic_nack"].add(self._on_refusal)
        self._producer = Producer(channel, auto_declare=False)

    def _await_confirms(self) -> None:
        until = time.monotonic() + BROKER_SECONDS
        while self._unconfirmed and not self._refused:
            left = until - time.monotonic()
            if left <= 0 or self._connection is None:
                raise TimeoutError
            self._connection.drain_events(timeout=left)
        if self._refused:
            raise MessageNacked

    def _on_confirm(self, delivery_tag: int, multiple: bool) -> None:
        if multiple:
            self._unconfirmed = {tag for tag in self._unconfirmed if tag > delivery_tag}
        else:
            self._unconfirmed.discard(delivery_tag)

    def _on_refusal(self, delivery_tag: int, multiple: bool) -> None:
        self._refused = True


class Intake(ConsumerMixin):  # type: ignore[misc]  # kombu is not typed
    """A worker's end of the queue: ``take`` is given the steps of each message, ``ended`` is told when one has ended.

    A message is acknowledged when its last step has ended, so what a worker that dies had taken is delivered again.
    ``ended`` may be called in any thread; the broker is told by the thread in ``run``, within a second.
    """

    def __init__(self, *, url: str, take: Callable[[list[int], int], None]) -> None:
        self._take_over = take
        self._lock = threading.Lock()
        self._held: dict[int, list[_Delivery]] = {}
        self._done: deque[_Delivery] = deque()
        self._channel: Any = None
        self.connection = Connection(
            url,
            connect_timeout=BROKER_SECONDS,
            heartbeat=HEARTBEAT,
            transport_options={"read_timeout": 6, "write_timeout": 6},
        )
        logging.getLogger("kombu.mixins").setLevel(logging.CRITICAL)  # traces, with what the broker said

    def ended(self, step: int) -> None:
        """Acknowledge what waited for this step alone."""
        with self._lock:
            for delivery in self._held.pop(step, ()):
                delivery.left -= 1
                if not delivery.left:
                    self._done.append(delivery)

    def leave(self) -> None:
        """Take no more messages; what was not acknowledged goes back to the queue. ``run`` ends within a second."""
        self.should_stop = True

    # What ConsumerMixin calls.

    @contextmanager
    def establish_connection(self) -> Iterator[Connection]:
        with self.create_connection() as connection:
            connection.ensure_connection(self.on_connection_error, interval_max=4, callback=self._give_up_when_leaving)
            yield connection

    def get_consumers(self, Consumer: Callable[..., Any], channel: Any) -> list[Any]:  # noqa: N803
        """Asked for once a connection: what came over the last one is void by then, and delivered again."""
        with self._lock:
            self._held.clear()
            self._done.clear()
        self._channel = channel
        _dead_queue(channel).declare()
        return [Consumer([_queue], on_message=self._receive, accept=["json"], prefetch_count=TAKEN_AT_MOST)]

    def on_iteration(self) -> None:
        self._channel.connection.client.heartbeat_check()
        while self._done:
            delivery = self._done.popleft()
            if delivery.message.channel is self._channel:
                delivery.message.ack()

    def on_connection_error(self, exc: Exception, interval: float) -> None:
        log.warning("broker_unreachable", error=type(exc).__name__)

    def _give_up_when_leaving(self) -> None:
        if self.should_stop:
            raise ConnectionError

    def _receive(self, message: Any) -> None:
        try:
            owner, steps = _read(message.payload)
        except (KombuError, TypeError, ValueError) as error:
            log.error("message_unreadable", error=type(error).__name__)
            message.reject()
            return
        delivery = _Delivery(len(steps), message)
        with self._lock:
            for step in steps:
                self._held.setdefault(step, []).append(delivery)
        try:
            self._take_over(steps, owner)
        except Unavailable:
            delivery.left = 0  # it is not ours any more, whatever ends
            message.requeue()


def _read(payload: Any) -> tuple[int, list[int]]:
    """An owner and steps; ``TypeError`` or ``ValueError`` when that is not what a message holds."""
    (owner, steps), *_ = payload
    if not steps or not all(isinstance(number, int) for number in (owner, *steps)):
        raise ValueError
    return owner, list(steps)


@dataclass(eq=False, slots=True)
class _Delivery:
    """A message that is held until ``left`` steps more have ended."""

    left: int
    message: Any
