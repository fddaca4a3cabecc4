"""What employers may not ask and nobody should have to say, and what agencies may not pay.

The words that people use of themselves are refused, the same words in the work of those who
nurse, teach, counsel or pay salaries are not. Sources: Employment Security Act, article 5-5 and
its guideline; Act on the Protection of Personal Information, article 2(3).
"""

from typing import Final

from relay_protocol.codes import PREFECTURES

_PREFECTURES = "|".join(
    place.ja if place.ja == "北海道" else place.ja[:-1] for place in PREFECTURES.values()
)
_COUNTRIES = (
    "日本|中国|韓国|朝鮮|台湾|ベトナム|フィリピン|ネパール|インドネシア|インド|ミャンマー|タイ"
    "|モンゴル|ブラジル|ペルー|アメリカ|イギリス|フランス|ドイツ|ロシア|スリランカ|パキスタン"
)
_OF_OTHERS = (
    r"(?!の?(?:患者|領域|治療薬|研究|新薬|病棟|お子|利用者|児童|生徒|検査|専門|診療|ある|方|学会"
    r"|予防|理解|特性|分野|啓発)|薬|内科|外来|看護|療養指導|教育|児|市場|ケア|センター|支援|向け"
    r"|医薬|福祉|者(?:の|へ|を?支|施|雇|向|福|ス|グ|就)|対応|に関す|や|、)"
)
"""No word of those whose work a condition is."""
_DAY = r"(?:(?:19|20)[0-9]{2}|(?:昭和|平成)[0-9元]{1,2})年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?"
_KIN = "父|母|父親|母親|両親|兄|姉|弟|妹|祖父|祖母|夫|妻|主人|旦那|息子|娘|家内"

ORIGIN_JA: Final = (
    r"本籍|出生地|出生国|出身地|(?<![多無])国籍(?!を問わ|不問|に(?:かか|関)わ|・|企業)",
    r"帰化(?:し|申請(?:中|を))|在日(?:韓国|朝鮮|外国|[二三]世)|被差別|部落(?:出身|民)|同和地区",
    r"門地|家柄|社会的身分|人種(?!を問わ|や|・|差別)|肌の色|アイヌ(?:民族|の?出身)|少数民族",
    rf"(?:{_PREFECTURES})[都府県]?の?(?:出身|生まれ)|ハーフ(?:です|で(?!ー)|として)",
    rf"(?:{_COUNTRIES})(?:出身|籍(?!企業)|人(?:です|で、|の[父母両]))",
    r"生い立ち|家庭環境|生家|住宅事情|持ち家(?!比率|率)|借家|(?:自宅|家)の間取り",
)
FAMILY_JA: Final = (
    r"バツイチ|つわり|家族構成|(?:私|わたし|僕)の家族|家族は[0-9一二三四五]人",
    r"家族の(?:職業|学歴|収入|健康|病気|介護|都合|転勤|看病)",
    rf"(?<![一-鿿々])(?:{_KIN})(?:は|が|も|と(?:同居|暮|二人)|の(?:職業|勤|介護|転勤))",
    rf"(?<![一-鿿々])(?:{_KIN})の(?:看病|会社|仕事|実家|保育|送迎|学校|受験|出産|都合)",
    r"実家(?:は|が|の(?!よう)|で)|配偶者(?!控除|手当|特別|ビザ|の?有無による)|未婚",
    r"離婚(?:し|歴|を機)",
    r"既婚(?!女性向|男性向|者向|率)|独身(?!寮|者?向)|再婚|婚約(?:中|者)",
    r"結婚(?:し[てた]|しま|を機|予定|の予定|歴)",
    r"妊娠(?:中(?!の(?!ため)|期)|し[てた]|しま|を機|のため|[0-9])|妊活",
    r"不妊治療(?:中|のため|を(?:し|受|続))",
    r"出産(?:し[てた]|しま|を(?:機|控)|のため|予定(?!日)|後も?(?:働|復))",
    r"(?:産休|育休|育児休業|産前産後休業)(?:中(?!の(?!ため))|明け(?!の|社員)|を取(?:得し|って|りま)|に入)",
    r"(?:産休|育休|育児休業)から(?:の復帰後|復帰(?!した(?:社員|従業員|方)|支援|者|する))",
    r"子(?:供|ども)?が(?:い[るまて]|[0-9一二三四]人|生まれ)|[0-9一二三四]児の[父母]|幼い子",
    r"二人の子",
    r"(?:子育て|育児)(?:中(?!の(?!ため))|と(?:の)?両立(?!支援|を支援)|のため)",
    r"扶養(?:家族(?!の?異動)|人数|している)",
    r"シングル(?:マザー|ファザー)(?!の?支援|向け|家庭)|(?:母子|父子)家庭(?!の?支援|向け)",
    r"長男|次男|三男|長女|次女|三女|一人っ子|末っ子|同居(?:家族|人(?!数))|介護のため",
    r"一人暮らし(?!の(?:高齢|方|お|学生|女性)|向け|世帯|高齢)",
)
CREED_JA: Final = (
    r"宗教(?!法人|学|画|建築|美術|施設|を問わ|上の配慮|音楽|者|家)|氏子|檀家|信仰(?!の対象)|信教",
    r"入信|創価学会",
    r"エホバの証人|統一教会|幸福の科学|クリスチャン",
    r"(?:キリスト|仏|イスラム|ヒンドゥー|ヒンズー)教徒",
    r"ムスリム(?!の?(?:向け|対応|旅行|観光|フレンドリー|お客))|(?:教会|モスク)に(?:通|所属)",
    r"(?:思想|政治的|宗教的|生活)[・、や及びと]{0,3}信条|思想(?:が強|的に|を持)|人生観",
    r"支持(?:する)?政党|政党(?!助成)|党員|自民党|立憲民主党|共産党|公明党|日本維新の会|国民民主党",
    r"政治(?:活動|思想|団体)|選挙(?:運動|で.{0,8}(?:支持|応援|投票))|に投票し|デモに参加",
    r"好きな(?:作家|本|小説|政治家|新聞|歴史上の人物)(?:は|が)|ストライキに参加",
    r"学生運動|社会運動|市民運動|愛読(?:書|紙)|購読(?:新聞|紙)|新聞を購読し|尊敬する人",
    r"労働組合(?!と|対応|向け|法|窓口|交渉|担当)|労組(?!と|対応|交渉)|ユニオンに",
    r"(?<!協同)(?<!管理)(?<!健保)組合(?:員として|活動|の(?:執行|専従|役員|委員))",
)
HEALTH_JA: Final = (
    r"病歴|既往(?:症|歴)|持病|難病(?!の?患者|支援|指定)|血液型|容姿|色覚異常|色弱",
    r"(?:障害者|障がい者|療育|保健福祉)手帳(?!の?(?:交付|申請|発行|取得支援))",
    r"障(?:害|がい)(?:等級|[0-9]級|者枠|年金(?!機構|の?相談))|障(?:害|がい)を(?:持って|抱え)",
    r"(?:体|目|耳|足|心臓|肢体|下肢|上肢)の?障(?:害|がい)があ|障がいがあ(?!る?(?:方|人|お|子|生))",
    rf"(?:身体|精神|知的|発達|聴覚|視覚|適応|双極性|パニック|気分|摂食|睡眠|学習)障(?:害|がい){_OF_OTHERS}",
    rf"(?:うつ|鬱)病{_OF_OTHERS}|(?:うつ|鬱)(?:状態|で(?![はのすあ]))|難聴{_OF_OTHERS}",
    r"(?:右|左|片|両)(?:耳|目|足|手|腕|脚)[がの](?:聞こえ|見え|不自由|麻痺|まひ|切断|障)",
    r"(?:体|目|耳|足|心臓|聴覚|視覚|言語|精神|知的|四肢)に(?:重い|軽い)?障(?:害|がい)(?!のある(?:方|人|お|子|生|利))",
    r"透析を受け(?!る(?:患者|方)|ている(?:患者|方))|後遺症(?:で|が|のため)",
    rf"(?:統合失調症|自閉症|アスペルガー|ADHD|てんかん|HIV|エイズ){_OF_OTHERS}",
    rf"(?:糖尿病|高血圧|心臓病|肝炎|リウマチ|心疾患){_OF_OTHERS}|車椅子(?:で生活|を使って)",
    r"(?:がん|癌|ガン)(?:を患(?!者)|になり|と診断|で(?:休|入院|通院)|サバイバー(?!支援))",
    r"(?:がん|癌|ガン)の?治療(?:中|のため|を(?:受け|して|続))",
    r"メンタル(?:不調(?:で|に|のため)|を(?:病|崩))",
    r"(?:腰痛|喘息|アレルギー|アトピー|花粉症)(?:が(?!ある(?:方|お|子|児))|持ち|のため|を患)",
    r"通院(?!患者|介助|支援|同行|送迎|付き?添|の?介助)",
    r"入院(?:し[てた](?!患者|方)|しま|歴|中(?!の(?!ため))|のため)",
    r"手術(?:を受け(?!る(?:患者|方)|た(?:患者|方))|歴)|服薬(?:中(?!の(?!ため))|し[てた])",
    r"投薬を受け",
    r"療養(?:中(?!の(?!ため))|のため|し[てた]|しま|期間|を経)",
    r"休職(?:し[てた](?!社員|従業員|方)|しま|中(?!の(?!ため))|歴|を経)",
    r"(?:健康|体調)(?:上の理由|を崩|不良)|健康診断(?:の結果|で(?:異常|再検査))",
    r"健康状態(?:は|が|に問題)",
    r"病気(?:の?ため|で(?:休|退|通|入)|療養|の?治療(?:中|のため))|(?:身長|体重)(?:は|:)?\s?[0-9]",
)
PERSON_JA: Final = (
    r"性別(?!を問わ|不問|に(?:かか|関)わ|・|データ|や)|性的指向|性自認|同性愛|[男女]性です",
    r"(?:ゲイ|レズビアン|バイセクシュアル|トランスジェンダー)(?:です|で、|であ)",
    r"(?:私|わたし)は[男女]性",
    r"[男女]性[、,/・ (]{1,2}[0-9]{2}歳|(?:現在|満|私は|今年)[0-9]{2}歳",
    r"(?:[0-9]{2}|[一二三四五六七八九十]{2,3})歳(?:です|になり)",
    r"生年月日(?!の(?:入力|項目|欄|照合|検証|データ))|誕生日(?:は|:)",
    rf"{_DAY}(?:生まれ(?!の(?:世代|方|人|顧客|お客))|生(?=[、。)\s]|です|\Z))",
    r"月[0-9]{1,2}日生|顔写真|証明写真(?!機)|マイナンバー(?:は|:)|個人番号(?:は|:)",
    r"(?:旅券|パスポート|免許証|在留カード)の?番号|在留カード(?!の確認|確認)",
    r"前科|犯罪歴|逮捕(?:歴|され)|有罪判決|懲役|服役|執行猶予|少年院|補導(?:歴|され)",
    r"自己破産(?!案件|申立|手続)|借金(?:が|を(?:抱|返))",
)
IN_ENGLISH: Final = (
    r"place of birth|birthplace|\bborn (?:in|on)\b|date of birth|\bDOB\b|skin colou?r|\bmy race\b",
    r"nationality|citizenship|ethnicity|ethnic origin",
    r"(?:I am|I'm) (?:a )?(?:native )?(?:chinese|korean)\b",
    r"\bmy (?:religion|faith|creed)|religious belief|\b(?:my|to|our) church\b|jehovah",
    r"\b(?:I am|I'm|as) (?:an? )?(?:christian|muslim|jew|jewish|buddhist|hindu|catholic|atheist)\b",
    r"marital status|(?:I am|I'm|got|recently|newly) married|divorced",
    r"single (?:mother|father|parent|mom|dad)\b",
    r"(?:mother|father|mom|dad) of (?:one|two|three|four|[1-9])|\b(?:I use|in) a wheelchair",
    r"\bI vote\b",
    r"\b(?:I am|I'm|became) (?:single|pregnant)|my pregnancy",
    r"(?:on|my|after) (?:ma|pa)ternity leave",
    r"\bmy (?:wife|husband|spouse|fiancée?|child(?:ren)?|kids|sons?|daughters?|father|mother)\b",
    r"\bmy (?:parents|family|brother|sister)\b|family (?:status|background|members)",
    r"born out of wedlock",
    r"(?:trade|labou?r) union(?!s? (?:law|relations|negotiation))|union (?:member|rep)",
    r"political (?:party|view|opinion|belief|activit)|of the [\w ]{2,20} party\b|voted for",
    r"favou?rite (?:book|author|newspaper)|person I (?:most )?(?:respect|admire)",
    r"my disabilit|(?:I am|I'm) disabled|\b(?:have|with) a disability|disability certificate",
    r"\b(?:suffer|suffered|suffering|recovering|recovered) from\b|my depression|bipolar disorder",
    r"\b(?:diagnosed|treated) (?:with|for)\b|\b(?:have|had|has) (?:cancer|diabetes|depression|HIV)",
    r"\b(?:have|had|has) (?:epilepsy|asthma)|chronic(?:ally)? ill|due to illness|my illness",
    r"blood type",
    r"(?:my )?medical (?:history|leave)|sick leave",
    r"(?:my|a) (?:health|medical) (?:condition|problem)",
    r"criminal record|\b(?:was|been) (?:convicted|arrested|imprisoned)|personal bankruptcy",
    r"gender identity|sexual orientation|\b[1-9][0-9] years old|\baged [1-9][0-9]\b",
    r"\b(?:I am|I'm|as) an? (?:man|woman|male|female|gay|lesbian|transgender)\b",
)
EXPRESSIONS: Final = (*ORIGIN_JA, *FAMILY_JA, *CREED_JA, *HEALTH_JA, *PERSON_JA, *IN_ENGLISH)
"""Everything of special care, as expressions over text after NFKC, upper and lower case alike."""

GIFTS: Final = (
    r"祝い?金|就職祝|入社祝|転職祝|キャッシュバック|ギフト(?:券|カード)|商品券|(?:quo|クオ)カード",
    r"謝礼",
    r"現金(?:を|で).{0,6}(?:差し上げ|進呈|プレゼント|支給)|ポイントを?(?:進呈|プレゼント)",
    r"cash ?back|gift (?:card|voucher)|congratulatory (?:money|payment|bonus)",
    r"(?:pay|give|send) you (?:money|cash|[¥$€0-9])|reward (?:for|when) (?:joining|you join)",
)
"""Payments to candidates, which a licensed agency may not make, as expressions."""
