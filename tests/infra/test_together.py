import asyncio
from collections.abc import Sequence

import pytest

from sellier.infra.together import Together


async def test_whoever_asks_while_a_round_runs_is_in_the_next() -> None:
    rounds: list[Sequence[int]] = []

    async def double(_key: str, asked: Sequence[int]) -> Sequence[int]:
        rounds.append(asked)
        await asyncio.sleep(0)
        return [2 * one for one in asked]

    together = Together(double, at_most=4)
    answers = await asyncio.gather(*(together.ask("a", n) for n in range(10)))

    assert answers == [2 * n for n in range(10)]
    assert [len(each) for each in rounds] == [4, 4, 2]
    assert await together.ask("a", 21) == 42


async def test_each_key_has_rounds_of_its_own() -> None:
    seen: list[str] = []

    async def wait(key: str, asked: Sequence[int]) -> Sequence[int]:
        seen.append(key)
        if key == "slow":
            await asyncio.sleep(0.05)
        seen.append(key)
        return asked

    together = Together(wait, at_most=10)
    await asyncio.gather(together.ask("slow", 1), together.ask("quick", 2))
    assert seen == ["slow", "quick", "quick", "slow"]


async def test_a_refusal_is_for_one_and_a_failure_for_all() -> None:
    async def refuse(key: str, asked: Sequence[int]) -> Sequence[int | Exception]:
        if key == "down":
            raise ConnectionError
        return [one if one > 1 else ValueError(one) for one in asked]

    together = Together(refuse, at_most=10)
    told = await asyncio.gather(*(together.ask("a", n) for n in range(4)), return_exceptions=True)
    assert [type(each) for each in told] == [ValueError, ValueError, int, int]
    for _ in range(2):
        with pytest.raises(ConnectionError):
            await together.ask("down", 1)


async def test_whoever_is_gone_disturbs_nobody() -> None:
    async def slow(_key: str, asked: Sequence[int]) -> Sequence[int]:
        await asyncio.sleep(0.02)
        return asked

    together = Together(slow, at_most=10)
    gone = asyncio.create_task(together.ask("a", 1))
    stays = asyncio.create_task(together.ask("a", 2))
    await asyncio.sleep(0.005)
    gone.cancel()
    assert await stays == 2
    assert await together.ask("a", 3) == 3
