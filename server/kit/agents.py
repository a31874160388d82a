"""The family of a browser and its system, and no more: enough to know one's own again."""

BROWSERS = {
    "MicroMessenger": "WeChat",
    "DingTalk": "DingTalk",
    "Edg": "Edge",
    "OPR": "Opera",
    "QQBrowser": "QQ Browser",
    "HuaweiBrowser": "Huawei Browser",
    "MiuiBrowser": "Mi Browser",
    "UCBrowser": "UC Browser",
    "UBrowser": "UC Browser",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "OpenHarmony": "HarmonyOS",
    "HarmonyOS": "HarmonyOS",
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}
"""Words of a User-Agent; most contain those of others, so the first that is found counts."""


def family(agent: str) -> str:
    """ "Chrome · Windows"; what is not known is left out."""
    found = (next((name for word, name in words.items() if word in agent), "") for words in (BROWSERS, SYSTEMS))
    return " · ".join(filter(None, found))
