<?php
// One article of each kind that imports stumble over. Uses seed.php's variables.
$block = fn (string $name, string $html, string $attributes = ''): string =>
	"<!-- wp:$name $attributes-->\n$html\n<!-- /wp:$name -->";
$text = fn (string $words): string => $block('paragraph', "<p>$words</p>");

$add(['post_title' => 'سوق & مقهى: <حكاية> "شارع" واحد', 'post_content' => 'بين الدكان والمقهى شارع لا يتسع لعربتين. كتب على بابه: "ادخل < ولا تسأل > & اجلس".', 'picture' => $pictures[1]]);
$add(['post_title' => 'أسعار &amp; أرقام: 5 &lt; 7 &#8211; كما كتبها المحرر', 'post_content' => $text('هذا العنوان كتبت فيه كيانات HTML بيد المحرر، وعلى القارئ أن يراها محارف.')]);
$add(['post_title' => "طبيب الوادي: 'لا أغلق بابي' -- حوار...", 'post_content' => "سألناه: \"متى تنام؟\" فقال: 'حين ينام المرضى'...\n\nودام اللقاء 2x3 ساعات -- تقريباً."]);
$add(['post_title' => 'عنوان <em>مائل</em> في وسطه', 'post_content' => $text('في العنوان وسم، وفي النص <strong>كلمة ثقيلة</strong> و<a href="https://wadi.example/أرشيف?سنة=1&b=2">رابط بحروف عربية</a>.')]);
$add(['post_title' => 'محارف تحكم في نص منقول', 'post_content' => "نسخ المراسل هذه الفقرة من ملف قديم\x0B وفيها محرف\x1F لا يرى\x08.\n\nوبقيت من ترميز Windows آثار: \u{93}اقتباس\u{94} و\u{85}."]);
$add(['post_title' => 'نص فيه نهاية ]]> قسم', 'post_content' => $text('في بعض الملفات تكتب العلامة ]]&gt; وتكتب أيضاً ]]> بلا تهريب، ويجب أن تبقى كما هي.')]);
$add(['post_title' => "اتجاه \u{202B}النص\u{202C} وعلامات\u{200F} خفية", 'post_content' => $text("في هذا السطر \u{2067}عزل\u{2069} وكلمة C++ ورقم الهاتف +963 11 555 0101 بين العربية.")]);
$add(['post_title' => 'كَلِمَاتٌ مُشَكَّلَةٌ وتطويـــل', 'post_content' => $text('نَصٌّ قصيرٌ بالحركات كلِّها، وكلمةٌ ممـــدودة، وإيموجي 🫒🌊 في آخره.')]);
$add(['post_title' => 'يوم طويل في أطول عنوان كتبته الجريدة منذ تأسيسها عن الطريق التي تصل القرى السبع ببعضها وعن الذين مشوها في الشتاء والصيف ولم يكتب عنهم أحد', 'post_content' => $text('الطريق أطول من العنوان.')]);
$add(['post_title' => 'خبر بعنوان مختصر الاسم', 'post_name' => 'short-news-7', 'post_content' => $text('لهذا الخبر اسم لاتيني في العنوان الدائم.')]);
$add(['post_title' => 'خبر بعنوان مختصر الاسم', 'post_content' => $text('خبر ثان بالعنوان نفسه، ونص آخر تماماً: وصل البريد متأخراً يومين.')]);
$add(['post_title' => '', 'post_content' => $text('مادة نسي المحرر أن يضع لها عنواناً.')]);
$add(['post_title' => 'صورة بلا كلام', 'post_content' => '', 'picture' => $pictures[0]]);
$add(['post_title' => 'معرض صور من السوق', 'post_content' => "صور من صباح واحد.\n\n[gallery ids=\"{$pictures[0]},{$pictures[1]}\" size=\"medium\"]\n\n[caption id=\"attachment_{$pictures[4]}\" align=\"aligncenter\" width=\"480\"]<img src=\"{$source(4)}\" alt=\"زيتون\" width=\"480\" height=\"270\" /> قطاف في السفح[/caption]\n\n[رمز-لا-يعرفه-أحد]بقي بين قوسين[/رمز-لا-يعرفه-أحد]\n\n[unknown_shortcode id=\"7\"]"]);
$add(['post_title' => 'كل أنواع الكتل', 'post_content' => implode("\n\n", [
	$text('مقدمة قصيرة.'),
	$block('heading', '<h2>عنوان فرعي</h2>'),
	$block('list', '<ul><li>أول</li><li>ثان<ul><li>تحت الثاني</li></ul></li></ul>'),
	$block('quote', '<blockquote class="wp-block-quote"><p>من سار على الدرب وصل.</p><cite>مثل</cite></blockquote>'),
	$block('table', '<figure class="wp-block-table"><table><thead><tr><th>القرية</th><th>البيوت</th></tr></thead><tbody><tr><td>عين الحور</td><td>٣١٢</td></tr></tbody></table><figcaption>إحصاء البلدية</figcaption></figure>'),
	$block('image', "<figure class=\"wp-block-image size-full\"><img src=\"{$source(2)}\" alt=\"\" class=\"wp-image-{$pictures[2]}\"/><figcaption>باحة المدرسة</figcaption></figure>", "{\"id\":{$pictures[2]},\"sizeSlug\":\"full\"} "),
	$block('separator', '<hr class="wp-block-separator"/>'),
	$block('code', '<pre class="wp-block-code"><code>if (a &lt; b) { return "سلام"; }</code></pre>'),
	'<!-- wp:site-title /-->', // made when the page is: an export has nothing of it,
]), 'picture' => $pictures[2]]);
$add(['post_title' => 'ما لا يجوز أن يمر', 'post_content' => '<p onclick="alert(1)" style="color:red">فقرة ملونة.</p><script>document.title = "x";</script><style>p { display: none }</style><iframe src="https://tracker.example/frame"></iframe><form action="/x"><input name="q"></form><p>فقرة أخيرة <a href="javascript:alert(2)">برابط رديء</a>.</p><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt="">']);
$add(['post_title' => 'فيديو من الجسر', 'post_content' => $text('شاهد الجسر من فوق.') . "\n\n<iframe width=\"560\" height=\"315\" src=\"https://www.youtube.com/embed/xxxxxxxxxxx\" title=\"الجسر\" allowfullscreen></iframe>"]);
$add(['post_title' => 'مقال من صفحتين', 'post_excerpt' => "مقتطف كتبه المحرر <b>بيده</b>\nوفيه سطران & علامة.", 'post_content' => "الصفحة الأولى من المقال.\n\n<!--more-->\n\nبقية الأولى.\n\n<!--nextpage-->\n\nالصفحة الثانية من المقال."]);
$long = implode("\n\n", array_map(fn ($n) => $text("الفقرة رقم $n من تحقيق طويل عن النهر: " . implode(' ', $topics[$n % count($topics)][2])), range(1, 150)));
$add(['post_title' => 'تحقيق طويل: النهر من منبعه', 'post_content' => $long, 'picture' => $pictures[3]]);

// An agency's story twice, a word apart, and once more corrected.
$agency = ['قال ناطق باسم هيئة الأنهار إن منسوب النهر ارتفع سبعين سنتيمتراً في ليلة واحدة.', 'وأخليت ستة بيوت على الضفة اليسرى، ونقل سكانها إلى المدرسة.', 'وتوقعت الهيئة أن ينحسر الماء قبل مساء الأحد إن لم يتجدد المطر.'];
$add(['post_title' => 'ارتفاع منسوب النهر وإخلاء ستة بيوت', 'post_content' => implode("\n\n", $agency), 'post_category' => [$category['خدمات البلديات']], 'tags_input' => ['مياه', 'طقس']]);
$add(['post_title' => 'إخلاء ستة بيوت بعد ارتفاع منسوب النهر', 'post_content' => implode("\n\n", str_replace('ليلة', 'ليلةٍ', $agency)), 'tags_input' => ['مياه']]);
$add(['post_title' => 'النهر يرتفع والبيوت الستة أخليت (تحديث)', 'post_content' => implode("\n\n", [...$agency, 'وأضافت الهيئة لاحقاً أن أحداً لم يصب.']), 'tags_input' => ['أسعار', 'طقس']]);

// What a reader of the site does not see.
$add(['post_title' => 'مجدول: افتتاح الحديقة', 'post_content' => $text('ينشر هذا بعد أيام.'), 'post_status' => 'future', 'post_date' => $before(-20 * 24 * 60)]);
$add(['post_title' => 'مسودة لم تكتمل', 'post_content' => $text('ليست للنشر.'), 'post_status' => 'draft']);
$add(['post_title' => 'مادة تنتظر المراجعة', 'post_content' => $text('ليست للنشر بعد.'), 'post_status' => 'pending']);
$add(['post_title' => 'ملاحظة خاصة بالتحرير', 'post_content' => $text('للمحررين وحدهم.'), 'post_status' => 'private']);
$add(['post_title' => 'محمي بكلمة سر', 'post_content' => $text('لا يقرأ هذا إلا من يعرف الكلمة.'), 'post_password' => 'زيتون']);
$add(['post_title' => 'بلا تصنيف ولا وسوم', 'post_content' => $text('وضع المحرر هذا الخبر ونسي قسمه.'), 'post_category' => [(int) get_option('default_category')]]);
made(wp_insert_post(['post_type' => 'page', 'post_status' => 'publish', 'post_title' => 'من نحن', 'post_content' => 'صفحة ثابتة، وليست خبراً.']));
