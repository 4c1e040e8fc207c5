"""The 129 counties of Yunnan by their codes of GB/T 2260, with the names and codes of before.

Codes and names change: a row holds from one day to another, and a code that was given up still says
where a site was registered. What is not in the table is a county all the same (`areas`): it is
called by its code.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from dianchi.domain.dated import ALWAYS, in_force
from dianchi.domain.deadlines import Mark

SOURCE: Final = "GB/T 2260, state of 2021-12-31"


@dataclass(frozen=True, slots=True)
class County:
    """A county, city or district of a prefecture; `en` without the word for its kind."""

    code: str
    zh: str
    en: str
    valid_from: date
    valid_to: date | None
    mark: Mark = "R-h"

    def named(self, language: Literal["zh", "en"]) -> str:
        """What it is called."""
        return self.zh if language == "zh" else self.en

    @property
    def prefecture(self) -> str:
        """The code of its prefecture."""
        return f"{self.code[:4]}00"


_TABLE: Final = """
530102 五华区 Wuhua | 530103 盘龙区 Panlong | 530111 官渡区 Guandu | 530112 西山区 Xishan
530113 东川区 Dongchuan | 530114 呈贡区 Chenggong | 530115 晋宁区 Jinning | 530124 富民县 Fumin
530125 宜良县 Yiliang | 530126 石林彝族自治县 Shilin Yi | 530127 嵩明县 Songming
530128 禄劝彝族苗族自治县 Luquan Yi and Miao | 530129 寻甸回族彝族自治县 Xundian Hui and Yi
530181 安宁市 Anning
530302 麒麟区 Qilin | 530303 沾益区 Zhanyi | 530304 马龙区 Malong | 530322 陆良县 Luliang
530323 师宗县 Shizong | 530324 罗平县 Luoping | 530325 富源县 Fuyuan | 530326 会泽县 Huize
530381 宣威市 Xuanwei
530402 红塔区 Hongta | 530403 江川区 Jiangchuan | 530423 通海县 Tonghai | 530424 华宁县 Huaning
530425 易门县 Yimen | 530426 峨山彝族自治县 Eshan Yi | 530427 新平彝族傣族自治县 Xinping Yi and Dai
530428 元江哈尼族彝族傣族自治县 Yuanjiang Hani, Yi and Dai | 530481 澄江市 Chengjiang
530502 隆阳区 Longyang | 530521 施甸县 Shidian | 530523 龙陵县 Longling | 530524 昌宁县 Changning
530581 腾冲市 Tengchong
530602 昭阳区 Zhaoyang | 530621 鲁甸县 Ludian | 530622 巧家县 Qiaojia | 530623 盐津县 Yanjin
530624 大关县 Daguan | 530625 永善县 Yongshan | 530626 绥江县 Suijiang | 530627 镇雄县 Zhenxiong
530628 彝良县 Yiliang | 530629 威信县 Weixin | 530681 水富市 Shuifu
530702 古城区 Gucheng | 530721 玉龙纳西族自治县 Yulong Naxi | 530722 永胜县 Yongsheng
530723 华坪县 Huaping | 530724 宁蒗彝族自治县 Ninglang Yi
530802 思茅区 Simao | 530821 宁洱哈尼族彝族自治县 Ning'er Hani and Yi
530822 墨江哈尼族自治县 Mojiang Hani | 530823 景东彝族自治县 Jingdong Yi
530824 景谷傣族彝族自治县 Jinggu Dai and Yi
530825 镇沅彝族哈尼族拉祜族自治县 Zhenyuan Yi, Hani and Lahu
530826 江城哈尼族彝族自治县 Jiangcheng Hani and Yi
530827 孟连傣族拉祜族佤族自治县 Menglian Dai, Lahu and Va
530828 澜沧拉祜族自治县 Lancang Lahu | 530829 西盟佤族自治县 Ximeng Va
530902 临翔区 Linxiang | 530921 凤庆县 Fengqing | 530922 云县 Yunxian | 530923 永德县 Yongde
530924 镇康县 Zhenkang
530925 双江拉祜族佤族布朗族傣族自治县 Shuangjiang Lahu, Va, Blang and Dai
530926 耿马傣族佤族自治县 Gengma Dai and Va | 530927 沧源佤族自治县 Cangyuan Va
532301 楚雄市 Chuxiong | 532302 禄丰市 Lufeng | 532322 双柏县 Shuangbai | 532323 牟定县 Mouding
532324 南华县 Nanhua | 532325 姚安县 Yao'an | 532326 大姚县 Dayao | 532327 永仁县 Yongren
532328 元谋县 Yuanmou | 532329 武定县 Wuding
532501 个旧市 Gejiu | 532502 开远市 Kaiyuan | 532503 蒙自市 Mengzi | 532504 弥勒市 Mile
532523 屏边苗族自治县 Pingbian Miao | 532524 建水县 Jianshui | 532525 石屏县 Shiping
532527 泸西县 Luxi | 532528 元阳县 Yuanyang | 532529 红河县 Honghe
532530 金平苗族瑶族傣族自治县 Jinping Miao, Yao and Dai | 532531 绿春县 Lüchun
532532 河口瑶族自治县 Hekou Yao
532601 文山市 Wenshan | 532622 砚山县 Yanshan | 532623 西畴县 Xichou | 532624 麻栗坡县 Malipo
532625 马关县 Maguan | 532626 丘北县 Qiubei | 532627 广南县 Guangnan | 532628 富宁县 Funing
532801 景洪市 Jinghong | 532822 勐海县 Menghai | 532823 勐腊县 Mengla
532901 大理市 Dali | 532922 漾濞彝族自治县 Yangbi Yi | 532923 祥云县 Xiangyun
532924 宾川县 Binchuan | 532925 弥渡县 Midu | 532926 南涧彝族自治县 Nanjian Yi
532927 巍山彝族回族自治县 Weishan Yi and Hui | 532928 永平县 Yongping | 532929 云龙县 Yunlong
532930 洱源县 Eryuan | 532931 剑川县 Jianchuan | 532932 鹤庆县 Heqing
533102 瑞丽市 Ruili | 533103 芒市 Mangshi | 533122 梁河县 Lianghe | 533123 盈江县 Yingjiang
533124 陇川县 Longchuan
533301 泸水市 Lushui | 533323 福贡县 Fugong | 533324 贡山独龙族怒族自治县 Gongshan Derung and Nu
533325 兰坪白族普米族自治县 Lanping Bai and Pumi
533401 香格里拉市 Shangri-La | 533422 德钦县 Deqin | 533423 维西傈僳族自治县 Weixi Lisu
"""
# The code of before, its name, the code of today, and the month in which that took over (R-m).
_BEFORE: Final = """
530121 呈贡县 530114 2011-05 | 530122 晋宁县 530115 2016-11 | 530328 沾益县 530303 2016-03
530321 马龙县 530304 2018-02 | 530421 江川县 530403 2015-12 | 530422 澄江县 530481 2019-12
530522 腾冲县 530581 2015-08 | 530630 水富县 530681 2018-07 | 532331 禄丰县 532302 2021-01
532522 蒙自县 532503 2010-09 | 532526 弥勒县 532504 2013-01 | 532621 文山县 532601 2010-12
533321 泸水县 533301 2016-06 | 533421 香格里拉县 533401 2014-12
"""


def _told(table: str) -> list[str]:
    return [each.strip() for line in table.strip().splitlines() for each in line.split("|")]


def _today() -> list[County]:
    begun = {code: _first(month) for _, _, code, month in map(str.split, _told(_BEFORE))}
    rows = (each.split(" ", 2) for each in _told(_TABLE))
    return [County(code, zh, en, begun.get(code, ALWAYS), None) for code, zh, en in rows]


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _former(today: list[County]) -> list[County]:
    named = {county.code: county for county in today}
    rows = (each.split() for each in _told(_BEFORE))
    return [
        County(old, zh, named[new].en, ALWAYS, named[new].valid_from - _DAY, "R-m")
        for old, zh, new, _ in rows
    ]


_DAY: Final = date(1970, 1, 2) - date(1970, 1, 1)
_TODAY: Final = _today()
COUNTIES: Final = (*_TODAY, *_former(_TODAY))
"""Those of today, prefecture by prefecture, and behind them the codes that were given up."""
_BY_CODE: Final = {county.code: county for county in COUNTIES}


def county_of(code: str) -> County | None:
    """The county of a code, of today or of before; None where the table has none."""
    return _BY_CODE.get(code)


def counties_on(day: date) -> list[County]:
    """The counties of a day."""
    return [county for county in COUNTIES if in_force(county, day)]


def counties_named(text: str) -> list[County]:
    """The counties of today that are called so, now or before, in Chinese or English.

    The word for their kind may be left out. Two of one English name are in two prefectures.
    """
    told = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return _BY_NAME.get(told, [])


def _named() -> dict[str, list[County]]:
    found: dict[str, list[County]] = {}
    for county in _TODAY:
        for name in (county.zh, _short(county.zh), county.en.casefold()):
            if county not in found.setdefault(name, []):
                found[name].append(county)
    for _, before, code, _ in map(str.split, _told(_BEFORE)):
        found.setdefault(before, []).append(_BY_CODE[code])
    return found


def _short(name: str) -> str:
    short = _KIND.sub("", name)
    return short if len(short) > 1 else name


_KIND: Final = re.compile(
    "(市|区|县|((独龙|布朗|拉祜|哈尼|普米|纳西|傈僳|景颇|[傣彝苗回佤怒白瑶壮藏])族){1,5}自治县)$"
)
_BY_NAME: Final = _named()
