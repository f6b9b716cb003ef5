"""Steps on RabbitMQ, run by workers elsewhere. Messages carry a task's name, an owner's number and steps' ids.

Handing over never keeps anybody waiting: ``enqueue`` leaves the ids to one publishing thread, which confirms each
message with the broker, and tries again while the broker is away. So a request is answered as fast with a frozen
broker as with a healthy one. What this thread still holds when the process dies is in the database all the same, and
the sweeper hands it over.

A queue has one order for all. So a worker (``Intake``) takes everything out of it at once, and owners take turns in
the engine behind it; nobody's steps stand before another's in the broker.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from amqp.exceptions import AMQPError, MessageNacked
from kombu import Connection, Exchange, Producer, Queue
from kombu.exceptions import KombuError

from designchord.errors import Unavailable

if TYPE_CHECKING:
    from celery import Celery

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


class CeleryEngine:
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
            try:
                self._publisher.publish(batch)
            except Exception as error:  # noqa: BLE001 - dying connections fail in many ways, and this thread must not
                self._publisher.hang_up()
                self._put_back(batch)
                pause = min(max(0.25, pause * 2), 4.0)
                if self._failing_since is None:
                    self._failing_since = time.monotonic()
                    log.warning("broker_unreachable", error=type(error).__name__, waiting=self.waiting())
            else:
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
            with suppress(Exception):  # it is given up in any case
                connection.collect(socket_timeout=0.5)

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


class Intake:
    """A worker's end of the queue: ``take`` is given the steps of each message, ``ended`` is told when one has ended.

    A message is acknowledged when its last step has ended, so what a worker that dies had taken is delivered again.
    Celery keeps the connection; its own way from a message to a function (a request, a trace, a state) is left out,
    for nothing of it is used here.
    """

    def __init__(self, *, url: str, take: Callable[[list[int], int], None]) -> None:
        self._take_over = take
        self._lock = threading.Lock()
        self._held: dict[int, list[_Delivery]] = {}
        self._app = celery_app(url)
        self._app.task(name=TASK, Strategy=self._strategy)(_never_called)

    def work(self) -> None:
        """Take messages until SIGTERM or SIGINT; what was not acknowledged by then goes back to the queue."""
        worker: Any = self._app.Worker(
            pool="solo",
            concurrency=1,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
            loglevel="WARNING",
        )
        worker.start()

    def ended(self, step: int) -> None:
        """Acknowledge what waited for this step alone."""
        done = []
        with self._lock:
            for delivery in self._held.pop(step, ()):
                delivery.left -= 1
                if not delivery.left:
                    done.append(delivery)
        for delivery in done:
            delivery.acknowledge()

    def _strategy(self, task: Any, app: Any, consumer: Any) -> Callable[..., None]:
        """What Celery calls with each message, asked for once a connection: those of the last one are void by then."""
        with self._lock:
            self._held.clear()

        def receive(message: Any, body: Any, ack: Callable[..., None], reject: Callable[..., None], _: Any) -> None:
            try:
                (owner, steps), *_ = message.payload
            except (KombuError, TypeError, ValueError) as error:
                log.error("message_unreadable", error=type(error).__name__)
                reject(log, consumer.connection_errors)
                return
            delivery = _Delivery(len(steps), lambda: ack(log, consumer.connection_errors))
            with self._lock:
                for step in steps:
                    self._held.setdefault(step, []).append(delivery)
            try:
                self._take_over(steps, owner)
            except Unavailable:
                delivery.left = 0  # it is not ours any more, whatever ends
                reject(log, consumer.connection_errors, requeue=True)

        return receive


@dataclass(eq=False, slots=True)
class _Delivery:
    """A message that is held until ``left`` steps more have ended."""

    left: int
    acknowledge: Callable[[], None]


def _never_called(owner: int, steps: list[int]) -> None:
    """Stands for the task's name: its ``Strategy`` does all there is to do."""


def celery_app(url: str) -> Celery:
    """Celery as workers use it."""
    from celery import Celery

    app = Celery("designchord", broker=url, set_as_current=False)
    app.conf.update(
        task_queues=[_queue],
        task_default_queue=QUEUE,
        task_default_exchange=QUEUE,
        task_default_routing_key=QUEUE,
        task_create_missing_queues=False,
        accept_content=["json"],  # nothing that runs code when it is read
        # A step's result is in the database. With a result backend, tasks vanished when it was down.
        result_backend=None,
        worker_prefetch_multiplier=TAKEN_AT_MOST,  # for a pool of one
        worker_enable_prefetch_count_reduction=False,
        # A step that runs while the connection is lost goes on; its lease keeps everybody else from it.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        # Nobody commands workers over the broker, and nobody listens to their chatter.
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_connection_timeout=BROKER_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_heartbeat=10,  # a suspended worker's messages go to others after 20 s
        broker_transport_options={"read_timeout": 6, "write_timeout": 6},
    )
    return app
