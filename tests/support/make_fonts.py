"""Makes the two fonts in `service/dianchi/exchange/fonts` out of Noto Sans CJK.

Run by hand when a label or a paper needs another character:

    uv pip install noto-cjk-sans-otc==0.0.1
    python tests/support/make_fonts.py <the folder where it was installed>/noto_cjk_sans_otc

`sans.otf` holds GB 2312, Latin letters and `NAMES`; `mono.otf` the printable ASCII characters, of
one width, with a slash through the zero.
"""

import sys
from hashlib import sha256
from pathlib import Path

from fontTools.misc.psCharStrings import T2CharString
from fontTools.pens.basePen import AbstractPen
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont

SOURCE = "b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a"
SIMPLIFIED, SIMPLIFIED_MONO = 2, 7
ASCII = "".join(map(chr, range(0x20, 0x7F)))
LATIN = ASCII + "".join(map(chr, range(0xA0, 0x180))) + "–—‘’“”…‰€™≤≥≈²³⚠√"
# Characters of surnames, given names and places that GB 2312 lacks; and elements of chemistry.
NAMES = (
    "㗂堃喆崀垚奡燚犇骉彧翀旻珺玥璟烜焜禤郤鱻靐龘㛃㸆䶮嫚鱀赟翯昇淼祎祐祜禕晞晫晙暐暘暲曈曌"
    "玘玚玞玢玹珅珩珪珽琎琋琇琬琤琰瑀瑄瑢瑷璆璇璐璘璠璥璪璱瓅瓒瓘瓛頔颋颐鋆鍀镕锴锜锽鏊鑫钰铖铠"
    "昉昳晟晢晳晅暅烨煊煜煐煦熠熳燊燏爔堉墉埈埸塬堽垭埇埏垯坨墘墕坜垌岽岘峃峣峤峧峿崚崞崟崡嵎嵚"
    "嵛嵝嵫嶂嶍嶲巘汈汭沄沇沚沨泚泠洈洣洮浈浉浡浛涢涞淏湜湲湫滘滉溇溆溧溱漈漷潞潆潭潵潏澂澍澉澥"
    "澴濙濩瀍灈灏漖湴甪疃盱睢祊祾禛禔秾稑稷穙竑笪筇筠筼箐筲篁簠籼糇翙翚翾芃芊芾苡茆茞荇莙莜菀萃"
    "菉葳蒽蓁蓥蔌蕤蘅虓虢蚌蛳蝾衎袆裎褀覃觱訚訢諴豳贇赪趸跶轪輋辂迏迳逖郄郏郇郢鄌鄚鄠鄯鄱酂酃醴"
    "釭鉴钊钋钫钼铕铒铥铷锇锎锔锘锝锶锿镅镆镈镥镧镱閺闿阇隰雎雩霁霈鞨韪韫頫飏饶馀骁骎骐骕骦鲀鲲"
    "鳀鳌鳤鳯鸑鸰鹍鹓鹮麹黟黼龑龢仉佴佶侁俣俤倓倜偲傥僖儇兟冼刈劭劼勍勔匡厍呬咭哿唞喈嗲囡囝囗圙"
    "夬奭妤妧姈姞娅娉娴婞婳婵媖嫄嫕嬅嬛孖孥宓宬寘尕屾弇弢彀彣徜怿恺悫惇惪愔愫慆慜懋懿戬扆扞抟拃"
    "捃揆揸撄敉敔斐斓昪朓杕杙枏柊柟栩栻桉桕桢梽梾棻椋楙楗楸榕槿樊橦檀檑欤毓毖毳氕氘氚氡"
    "彜傈僳佤勐濞漾佬仡仫倮僰濮彝傣瑶藏"
)
FONTS = Path(__file__).parents[2] / "service/dianchi/exchange/fonts"
STROKE = ((205, 190), (262, 190), (295, 545), (238, 545))


def gb_2312() -> str:
    """Every character of GB 2312."""
    rows = (bytes((high, low)) for high in range(0xA1, 0xF8) for low in range(0xA1, 0xFF))
    return "".join(pair.decode("gb2312", "ignore") for pair in rows)


def cut(font: TTFont, characters: str) -> TTFont:
    """The font with nothing but these characters."""
    options = Options(
        layout_features=[], hinting=False, desubroutinize=False, name_IDs=[0, 1, 2, 4, 6, 13, 14]
    )
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx", "DSIG"]
    cutter = Subsetter(options)
    cutter.populate(text=characters)
    cutter.subset(font)
    return font


def slash_the_zero(font: TTFont) -> None:
    """Draw a stroke through the zero, turning the same way as its outer contour."""
    glyphs, name = font.getGlyphSet(), font.getBestCmap()[ord("0")]
    pen = T2CharStringPen(glyphs[name].width, glyphs)
    glyphs[name].draw(pen)
    _stroke(pen)
    strings = font["CFF "].cff.topDictIndex[0].CharStrings
    old = strings[name]
    old.decompile()
    drawn: T2CharString = pen.getCharString(old.private, old.globalSubrs)
    old.setProgram(drawn.program)


def _stroke(pen: AbstractPen) -> None:
    pen.moveTo(STROKE[0])
    for point in STROKE[1:]:
        pen.lineTo(point)
    pen.closePath()


def main(folder: Path) -> None:
    """Write both fonts."""
    source = folder / "NotoSansCJK-Regular.ttc"
    if sha256(source.read_bytes()).hexdigest() != SOURCE:
        sys.exit(f"{source} is not the font that this was written for")
    faces = TTCollection(source).fonts
    mono = cut(faces[SIMPLIFIED_MONO], ASCII)
    slash_the_zero(mono)
    mono.save(FONTS / "mono.otf")
    cut(faces[SIMPLIFIED], LATIN + gb_2312() + NAMES).save(FONTS / "sans.otf")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
