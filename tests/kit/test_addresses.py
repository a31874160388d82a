"""Which address a request came from, and who is counted as one."""

import pytest

from server.kit.addresses import client, customer, networks
from server.kit.agents import family

PROXIES = networks("10.0.0.0/8, 192.0.2.1, 2001:db8:ffff::/48")


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),  # not our proxy: whatever it says is not believed
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4", "198.51.100.1, 192.0.2.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        ("::ffff:10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("2001:db8:ffff::1", ["[2001:db8:1::5]:443"], "2001:db8:1::5"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_the_client_behind_our_proxies(peer: str, forwarded: list[str], found: str) -> None:
    assert client(peer, forwarded, PROXIES) == found


def test_without_proxies_nothing_is_believed() -> None:
    assert client("203.0.113.7", ["198.51.100.1"], networks("")) == "203.0.113.7"
    with pytest.raises(ValueError, match="nowhere"):
        _ = networks("nowhere")


def test_one_home_network_is_one_customer() -> None:
    assert customer("2001:db8:1:1::5") == customer("2001:db8:1:1:ffff::9") == "2001:db8:1:1::/64"
    assert customer("2001:db8:1:2::5") != customer("2001:db8:1:1::5")
    assert customer("::ffff:203.0.113.7") == customer("203.0.113.7") == "203.0.113.7"
    assert customer("fe80::1%eth0") == "fe80::/64"
    assert customer("") == ""


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome · Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36 MicroMessenger/8.0", "WeChat · Android"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 HuaweiBrowser/5.0", "Huawei Browser · HarmonyOS"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("curl/8.9.1", ""),
        ("", ""),
    ],
)
def test_a_browser_is_known_by_its_family_alone(agent: str, found: str) -> None:
    assert family(agent) == found
