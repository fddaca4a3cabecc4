"""The words that screening looks for: names that are common, and what nobody may be asked."""

from typing import Final

from relay_protocol.codes import PREFECTURES

SURNAMES: Final = frozenset(
    """
    佐藤 鈴木 高橋 田中 伊藤 渡辺 山本 中村 小林 加藤 吉田 山田 佐々木 山口 松本 井上 木村 斎藤
    清水 山崎 池田 橋本 阿部 石川 山下 中島 石井 小川 前田 岡田 長谷川 藤田 後藤 近藤 村上 遠藤
    青木 坂本 斉藤 福田 太田 西村 藤井 金子 岡本 藤原 三浦 中野 中川 原田 松田 竹内 小野 田村
    中山 和田 石田 森田 上田 内田 柴田 酒井 宮崎 横山 高木 安藤 宮本 大野 小島 谷口 工藤 今井
    高田 増田 丸山 杉山 村田 大塚 新井 小山 平野 藤本 河野 上野 野口 武田 松井 千葉 菅原 岩崎
    久保 木下 佐野 野村 松尾 市川 菊地 杉本 古川 大西 島田 水野 桜井 高野 渡部 吉川 山内 西田
    飯田 菊池 西川 小松 北村 安田 五十嵐 川口 平田 中田 久保田 服部 岩田 土屋 川崎 福島 本田
    樋口 秋山 田口 永井 山中 中西 吉村 川上 石原 大橋 松岡 馬場 浜田 森本 星野 矢野 浅野 大島
    吉岡 小池 松下 野田 荒木 大谷 松浦 熊谷 黒田 尾崎 永田 川村 望月 田辺 早川 荒井 小沢 岡崎
    大久保 沢田 野中 須藤 緒方 秋元 岡部 守屋 村松 内藤 片山 広瀬 川島 桑原 児玉 小田 栗原 関口
    """.split()
)
"""Common surnames of two letters and more; one letter alone is too often another word."""

SURNAME_READINGS: Final = frozenset(
    """
    サトウ スズキ タカハシ タナカ イトウ ワタナベ ヤマモト ナカムラ コバヤシ カトウ ヨシダ ヤマダ
    ササキ ヤマグチ マツモト イノウエ キムラ サイトウ シミズ ヤマザキ ヤマサキ ハシモト アベ イケダ
    イシカワ ヤマシタ ナカジマ ナカシマ イシイ オガワ マエダ オカダ ハセガワ フジタ ゴトウ コンドウ
    ムラカミ エンドウ アオキ サカモト フクダ オオタ ニシムラ フジイ カネコ オカモト フジワラ ミウラ
    ナカノ ナカガワ ハラダ マツダ タケウチ タムラ ナカヤマ イシダ モリタ ウエダ ウチダ シバタ サカイ
    ミヤザキ ヨコヤマ タカギ アンドウ ミヤモト オオノ コジマ タニグチ クドウ イマイ マスダ マルヤマ
    スギヤマ ムラタ オオツカ アライ コヤマ ヒラノ フジモト コウノ ウエノ ノグチ タケダ マツイ スガワラ
    イワサキ キノシタ ノムラ マツオ キクチ スギモト フルカワ オオニシ シマダ ミズノ サクライ タカノ
    ヨシカワ ヤマウチ ニシダ イイダ ニシカワ コマツ キタムラ ヤスダ イガラシ カワグチ ヒラタ クボタ
    ハットリ イワタ ツチヤ カワサキ モチヅキ ナイトウ
    """.split()
)

SURNAMES_ROMAJI: Final = frozenset(
    """
    sato satoh suzuki takahashi tanaka ito itoh watanabe yamamoto nakamura kobayashi kato katoh
    yoshida yamada sasaki matsumoto inoue kimura saito saitoh hayashi shimizu yamazaki hashimoto
    ikeda ishii ogawa maeda okada hasegawa fujita goto kondo murakami endo aoki sakamoto fukuda
    nishimura fujii kaneko okamoto fujiwara miura nakagawa harada takeuchi tamura nakayama ishida
    morita ueda uchida shibata sakai yokoyama takagi ando miyamoto ohno kojima taniguchi kudo imai
    masuda maruyama sugiyama murata otsuka arai hirano fujimoto kono noguchi takeda matsui sugawara
    iwasaki kinoshita nomura matsuo kikuchi sugimoto furukawa onishi shimada mizuno sakurai
    yoshikawa yamauchi nishida iida nishikawa komatsu kitamura yasuda igarashi hirata hattori
    iwata tsuchiya mochizuki naito
    """.split()
)
"""Common surnames in Latin letters, without those that are places or makes of car."""

GIVEN_LAST: Final = (
    "子美香奈恵菜郎太介助雄男夫樹斗人也哉輝翔平一二三司志治彦之希実花華織里莉沙紗代江枝音真由佳衣"
    "依優悠陽葵結愛咲凛蓮湊翼健誠豊茂勝進清隆明弘宏博浩修徹剛敏幸久昭章穂帆乃朗吾悟仁"
)
"""Letters that given names end with."""

GIVEN_ALONE: Final = "誠豊茂勝進清隆翔蓮葵凛健湊翼悠陽優結愛咲弘宏博浩修徹剛悟仁薫忍瞳"
"""Given names of one letter that are seldom another word after a place."""

NOT_GIVEN: Final = frozenset(
    """
    大学 大学生 第一 第二 第三 女子 男子 一人 二人 三人 個人 本人 夫人 法人 新人 大人 全国一 日本一
    支社一 支店一 店長代 世代 時代 年代 次世代 電子 粒子 調子 様子 菓子 帽子 椅子 冊子 分子 利子 代代
    発信 更新 統一 単一 均一 唯一 管理人 仲介人 担当人 料理人 商人 職人 求人 県人 公平 不平 水平
    説明 証明 発明 表明 照明 文明 促進 推進 前進 昇進 行進 後進 新進 回復 健康 監修 研修 必修 改修
    補修 履修 現代 交代 初代 世帯代 千代田 政治 退治 自治 統治 会社代 工業三 上司 寿司 交通路 真実
    事実 充実 確実 現実 果実 口実 実 希 一 二 三 平 人 代 里 花 音 真 由 江 子 太 男 夫 美
    """.split()
)
"""What ends like a given name and is none."""

GIVEN_READINGS: Final = frozenset(
    """
    タロウ ジロウ サブロウ イチロウ ハナコ ヨウコ ケイコ ユウコ トモコ ナオコ アキコ マサコ カズコ
    キョウコ ミカ ミキ ユカ ユキ ユミ エミ アイ アヤ アヤカ サヤカ ナナミ ミサキ サクラ ハルカ リナ
    マイ マナミ メグミ カオリ シオリ ヒカリ ケンジ ケンタ ケンイチ コウジ コウヘイ シンジ シンイチ
    ダイスケ ダイキ ユウスケ ユウキ ユウタ ショウタ ショウ リョウ リョウタ タクヤ タクミ ナオキ
    ナオト ハルト ヒロシ ヒロキ ヒロユキ マコト マサト マサル ミノル トシオ カズヤ カズオ アキラ
    サトシ タカシ ツヨシ キヨシ オサム テツヤ ジュン レン ソウタ ハヤト ユウト カイト
    """.split()
)

ROLE_LAST: Final = (
    "者客師員業先社店部生主方子皆人長手族民家工連供官婦親司僚屋匠夫女男孫友達徒衆側元院校園局"
    "課組隊係士医妻母父兄姉弟妹体者等名々御貴各神王同多仕模有異別何逆某両諸摂華彼君沈宮殿本"
)
"""Letters before an honorific that make it a role (患者さん, お客様) or another word (仕様)."""

ROLE_WORDS: Final = (
    "ユーザー ユーザ オーナー クライアント パートナー メンバー スタッフ ドライバー ベンダー メーカー "
    "ディーラー エンジニア デザイナー マネージャー リーダー プログラマー アーティスト スポンサー "
    "カスタマー バイヤー ゲスト モニター サポーター ボランティア ママ パパ モデル テナント タレント "
    "ライター トレーナー ヘルパー マネジャー ユニット チーム コンサルタント プレーヤー ファン"
).split()

_PREFECTURE_NAMES = "|".join(
    place.ja if place.ja == "北海道" else place.ja[:-1] for place in PREFECTURES.values()
)
_COUNTRIES = (
    "中国|韓国|北朝鮮|台湾|ベトナム|フィリピン|ネパール|インドネシア|インド|ミャンマー|タイ|モンゴル"
    "|ブラジル|ペルー|アメリカ|イギリス|フランス|ドイツ|ロシア|バングラデシュ|スリランカ|パキスタン"
)
_FOR_OTHERS = (
    "(?!患者|の?患者|領域|薬|治療薬|内科|外来|看護|の?研究|の新薬|病棟|のある|の方|専門|療養指導|予防"
    "|教育|児|分野|市場|ケア|センター|支援|向け|の?お子|の?利用者|検査|学会|診療|医薬|者(?:の|へ|支|施|雇|向|福))"
)
"""What follows a condition in the words of people who work for those who have it."""

SPECIAL_CARE_JA: Final = (
    # Origin and standing.
    r"本籍|出生地|出生国|出身地|(?<![多無])国籍(?!を問わ|不問|にかかわ|に関わ|・|企業)|帰化(?:し|申請)",
    r"在日(?:韓国|朝鮮|外国|[二三]世)|被差別|部落(?:出身|民)|同和地区|門地|家柄|社会的身分",
    rf"(?:{_PREFECTURE_NAMES})[都府県]?(?:の)?(?:出身|生まれ)|(?:{_COUNTRIES})(?:出身|籍(?!企業))",
    rf"(?:{_COUNTRIES})人(?:です|として|で、|の(?:父|母|両親|親))|人種(?!を問わ|や|・)|肌の色|アイヌ(?:民族|出身)",
    r"少数民族|ハーフ(?:です|で、)",
    # Family.
    r"家族構成|(?:私の|わたしの)家族|家族の(?:職業|学歴|収入|健康|病気|介護|都合|転勤|看病)",
    r"(?<![一-鿿])(?:父|母|父親|母親|両親|兄|姉|弟|妹|祖父|祖母|夫|妻|主人|旦那)(?:は|が(?!い(?:る|て)も)|も|と(?:同居|暮)|の(?:職業|勤|介護|転勤|看病|会社|仕事))",
    r"実家(?:は|が|の|で)|配偶者(?!控除|手当|特別|ビザ)|既婚(?!女性向|男性向|者向|率)|未婚|独身(?!寮|者向|向け)",
    r"離婚(?!調停|訴訟|問題|案件|事件|相談)|再婚|結婚(?:し[てた]|しま|を機|予定|の予定|歴)|婚約者?(?!指輪)",
    r"妊娠(?:中(?!の|期|後)|し[てた]|しま|を機|のため|[0-9])|出産(?:し[てた]|しま|を機|のため|予定(?!日))|妊活|不妊治療(?:中|のため|を(?:し|受))",
    r"(?:産休|育休|育児休業|産前産後休業)(?:中(?!の)|明け(?!の|社員)|を取得し(?:て|まし)|に入|から復帰(?!した(?:社員|従業員|方)|支援|者|する))",
    r"子(?:供|ども)?が(?:い[るまて]|[0-9一二三四]人)|[0-9一二三四]児の[父母]|(?:子育て|育児)(?:中(?!の)|と両立)|幼い子|扶養(?:家族|人数|者)(?!控除|手当|の?申告|の?手続|異動)",
    r"シングル(?:マザー|ファザー)(?!支援|向け)|(?:母子|父子)家庭(?!支援|向け|の支援)|長男|次男|三男|長女|次女|三女|一人っ子|末っ子",
    r"一人暮らし(?!の(?:高齢|方|お|学生|女性)|向け)|同居(?:家族|人(?!数))|持ち家(?!比率|率)|借家|住宅事情|介護のため|生い立ち|家庭環境",
    # Creed and opinion.
    r"宗教(?!法人|学|画|建築|美術|施設|を問わ|上の配慮|音楽)|信仰(?!の対象)|信教|入信|創価学会|エホバの証人|統一教会|幸福の科学|クリスチャン|キリスト教徒|仏教徒|イスラム教徒|ヒンド[ゥウ]ー教徒|ムスリム(?!向け|対応|旅行|フレンドリー)",
    r"(?:教会|モスク)に(?:通|所属)|(?:思想|政治的|宗教的|生活)[・、や及びと]{0,3}信条|(?<!設計)(?<!製品)思想(?:が強|的に|を持)|人生観",
    r"支持(?:政党|する政党)|政党(?!助成)|党員|自民党|立憲民主党|共産党|公明党|日本維新の会|国民民主党|政治(?:活動|思想|団体)|選挙(?:運動|で.{0,8}(?:支持|応援|投票))|に投票し|デモに参加|学生運動|社会運動|市民運動",
    r"愛読(?:書|紙)|購読(?:新聞|紙|し(?:て|た).{0,3}新聞)|尊敬する人",
    r"労働組合(?!と|対応|向け|法|窓口|交渉|担当)|労組(?!と|対応|交渉)|(?<!協同)(?<!管理)組合(?:員として|活動|の(?:執行|専従|役員|委員))|ユニオンに",
    # Health.
    r"病歴|既往(?:症|歴)|持病|難病(?!患者|支援|指定)|(?:障害者|障がい者|療育|保健福祉)手帳(?!の?(?:交付|申請|発行|取得支援))",
    r"障(?:害|がい)(?:等級|[0-9]級|があり|を(?:持|抱)|者枠|年金(?!機構|の?相談))|(?<!システム)(?<!通信)障がいがある(?!方|人|お|子|生徒|児)",
    rf"(?:身体|精神|知的|発達|聴覚|視覚|適応|双極性|パニック|気分|摂食|睡眠|学習)障(?:害|がい){_FOR_OTHERS}|難聴{_FOR_OTHERS}|色覚異常|色弱|車椅子(?:で|を使)(?!の)",
    rf"(?:うつ|鬱)(?:病{_FOR_OTHERS}|状態|で(?:休|退|通))|(?:統合失調症|自閉症|アスペルガー|ADHD|てんかん|HIV|エイズ|糖尿病|高血圧|心臓病|肝炎|リウマチ){_FOR_OTHERS}",
    r"(?:がん|癌|ガン)(?:を患(?!者)|の?治療(?:中|のため|を(?:受|し))|になり|と診断|で(?:休|入院|通院))|(?:腰痛|喘息|アレルギー|アトピー|花粉症)(?:が(?!ある(?:方|お|子|児))|持ち|のため|を患)",
    r"通院(?!患者|介助|支援|同行|送迎|付き?添)|入院(?:し[てた](?!患者)|しま|歴|中(?!の)|のため)|手術(?:を受け(?!る(?:患者|方)|た患者)|歴)|服薬(?:中|し[てた])|投薬を受|療養(?:中(?!の)|のため|し[てた]|しま|期間|を経)",
    r"休職(?:し[てた](?!社員|従業員|方)|しま|中(?!の)|歴|を経)|(?:健康|体調)(?:上の理由|を崩|不良)|健康診断(?:の結果|で(?:異常|再検査))|健康状態(?:は|が|に問題)|病気(?:の?ため|で(?:休|退|通|入)|療養|の?治療(?:中|のため))|メンタル(?:不調(?:で|に|のため)|を病)|血液型|(?:身長|体重)(?:は|:)?\s?[0-9]|容姿",
    # Birth, sex and body; what identifies by number or picture.
    r"性別(?!を問わ|不問|にかかわ|に関わ|・|データ|や)|性的指向|性自認|同性愛|(?:ゲイ|レズビアン|バイセクシュアル|トランスジェンダー)(?:です|で、|であ)|(?:私は|わたしは)(?:男|女)性|[男女]性です|(?:男|女)性[、,/・ ]{1,2}[0-9]{2}歳",
    r"生年月日|誕生日(?:は|:)|[0-9元]{1,4}年(?:[0-9]{1,2}月(?:[0-9]{1,2}日)?)?生(?:まれ|れ)|月[0-9]{1,2}日生|(?:現在|満|私は|今年)[0-9]{2}歳|[0-9]{2}歳(?:です|になり)|顔写真|証明写真(?!機)|マイナンバー(?:は|:)|個人番号(?:は|:)|(?:旅券|パスポート|免許証)番号",
    # Offences and debts.
    r"前科|犯罪歴|逮捕(?:歴|され)|有罪判決|懲役|服役|執行猶予|少年院|補導|自己破産(?!案件|申立|手続)|借金(?:が|を抱|返済)",
)
"""What employers may not ask, and what a person should not have to say, in Japanese."""

SPECIAL_CARE_EN: Final = (
    r"place of birth|birthplace|(?:was|am) born (?:in|on)|born (?:in|on) (?:[A-Z0-9])|date of birth|\bDOB\b|nationality|citizenship|ethnicity|ethnic origin|my race\b|skin colou?r",
    r"religion|religious belief|(?:I am|I'm|as) a? ?(?:christian|muslim|jew|jewish|buddhist|hindu|catholic|atheist)|(?:my|to|our) church\b|jehovah",
    r"marital status|(?:I am|I'm|got|recently|newly) married|divorced|single (?:mother|father|parent)\b|(?:I am|I'm) (?:single|pregnant)|my pregnancy|on (?:maternity|paternity) leave|after (?:maternity|my maternity) leave",
    r"my (?:wife|husband|spouse|fianc[eé]e?|children|kids|son|daughter|father|mother|parents|family|partner's)|family (?:status|background|members)",
    r"(?:trade|labou?r) union(?!s? (?:law|relations|negotiation))|union (?:member|rep)|political (?:party|view|opinion|belief|activit)|(?:member|supporter) of the [\w ]{2,20} party|voted for|favou?rite (?:book|author|newspaper)",
    r"my disabilit|(?:I am|I'm) disabled|(?:have|with) a disability|disability certificate|(?:suffer|suffered|recovering) (?:from|of)|my depression|bipolar disorder|(?:diagnosed|treated) (?:with|for)|(?:have|had) (?:cancer|diabetes|depression|HIV|epilepsy|asthma)|chronic(?:ally)? ill|due to illness|my illness|medical (?:history|leave)|sick leave|(?:health|medical) (?:condition|problem)s?|blood type",
    r"criminal record|(?:was|been) (?:convicted|arrested|imprisoned)|gender identity|sexual orientation|(?:I am|I'm|as) a? ?(?:man|woman|male|female|gay|lesbian|transgender)\b|\b[1-9][0-9] years old|\baged [1-9][0-9]\b|personal bankruptcy",
)
"""The same in English."""

GIFTS: Final = (
    r"祝い?金|就職祝|入社祝|転職祝|キャッシュバック|ギフト(?:券|カード)|商品券|(?:quo|クオ)カード|謝礼|現金(?:を|で).{0,6}(?:差し上げ|進呈|プレゼント|支給)|ポイントを?(?:進呈|プレゼント)",
    r"cash ?back|gift (?:card|voucher)|congratulatory (?:money|payment|bonus)|(?:pay|give|send) you (?:money|cash|[¥$€0-9])|reward (?:for|when) (?:joining|you join)",
)
"""Payments to candidates, which a licensed agency may not make."""
