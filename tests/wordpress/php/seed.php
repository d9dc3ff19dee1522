<?php
// Fills the site with some 120 articles of our own invention: the daily bread first, then one of each hard kind.
// Run once from the command line, beside wp-load.php; it says how many posts there are.
require __DIR__ . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/image.php';
require_once ABSPATH . 'wp-admin/includes/file.php';
require_once ABSPATH . 'wp-admin/includes/media.php';

if (get_option('nashra_seeded')) {
	exit;
}
wp_set_current_user(1); // an administrator, whose HTML WordPress stores as it is
foreach (get_posts(['post_type' => ['post', 'attachment'], 'post_status' => ['any', 'inherit', 'trash', 'auto-draft'], 'numberposts' => -1]) as $left) {
	wp_delete_post($left->ID, true); // of a seeding that was broken off
}

/** @template T @param T|WP_Error $made @return T */
function made($made)
{
	if (is_wp_error($made) || $made === 0 || $made === false) {
		fwrite(STDERR, is_wp_error($made) ? $made->get_error_message() : 'WordPress refused without a reason.');
		exit(1);
	}
	return $made;
}

function term(string $name, string $taxonomy, array $more = []): int
{
	$found = get_terms(['taxonomy' => $taxonomy, 'hide_empty' => false]);
	foreach ($found as $term) {
		if (html_entity_decode($term->name) === $name) {
			return $term->term_id;
		}
	}
	return made(wp_insert_term($name, $taxonomy, $more))['term_id'];
}

$local = new DateTimeZone('Asia/Damascus');
$today = (new DateTimeImmutable('now', $local))->setTime(9, 0);
/** So many minutes before this morning (negative: after it), in the site's own zone. */
$before = fn (int $minutes): string => $today->modify(-$minutes . ' minutes')->format('Y-m-d H:i:s');
$author = fn (int $n): int => get_user_by('login', ['layan', 'osama', 'hiba'][$n % 3])->ID;

$everything = term('آخر الأخبار', 'category');
$municipal = term('البلديات', 'category');
$category = [
	'البلديات' => $municipal,
	'اقتصاد & أعمال' => term('اقتصاد & أعمال', 'category', ['slug' => 'economy']),
	'ثقافة' => term('ثقافة', 'category'),
	'رياضة' => term('رياضة', 'category', ['slug' => 'sports']),
	'خدمات البلديات' => term('خدمات البلديات', 'category', ['parent' => $municipal]),
];
term('أسعار', 'post_tag');
term('اسعار', 'post_tag', ['slug' => 'اسعار-2']); // the same word to a reader, and to MariaDB

/** A picture of our own: bands of colour, the seed in its name. */
function picture(int $n, string $name, string $alt): int
{
	[$width, $height] = [[800, 450], [640, 640], [480, 720], [1200, 630]][$n % 4];
	$image = imagecreatetruecolor($width, $height);
	for ($y = 0; $y < $height; $y += 15) {
		$colour = imagecolorallocate($image, ($n * 53 + $y) % 256, ($n * 97 + intdiv($y, 2)) % 256, 150);
		imagefilledrectangle($image, 0, $y, $width, $y + 14, $colour);
	}
	$file = wp_tempnam($name);
	str_ends_with($name, '.png') ? imagepng($image, $file) : imagejpeg($image, $file, 80);
	$id = made(media_handle_sideload(['name' => $name, 'tmp_name' => $file], 0, $alt, ['post_title' => $alt]));
	if ($alt !== '') {
		update_post_meta($id, '_wp_attachment_image_alt', $alt);
	}
	return $id;
}
$pictures = [
	picture(0, 'souq.jpg', 'سوق الخضار صباحاً'),
	picture(1, 'bridge.png', 'الجسر "القديم" & النهر'),
	picture(2, 'صورة-المدرسة.jpg', 'باحة المدرسة'),
	picture(3, 'stadium.jpg', ''),
	picture(4, 'olives.jpg', 'قطاف الزيتون'),
];
$source = fn (int $n): string => wp_get_attachment_url($pictures[$n]);

$count = 0;
/** @param array $post what wp_insert_post takes, tags by name, and `picture` */
$add = function (array $post) use (&$count, $everything, $author, $before): int {
	$count++;
	if (isset($post['tags_input'])) {
		// By their ids: asked by name, MariaDB gives now the one spelling and now the other.
		$post['tags_input'] = array_map(fn ($name) => term($name, 'post_tag'), $post['tags_input']);
	}
	$id = made(wp_insert_post(wp_slash($post + [
		'post_author' => $author($count),
		'post_status' => 'publish',
		'post_category' => [$everything],
		'post_date' => $before($count * 131),
	]), true));
	if (isset($post['picture'])) {
		made(set_post_thumbnail($id, $post['picture']));
	}
	return $id;
};

['places' => $places, 'topics' => $topics, 'angles' => $angles, 'closing' => $closing] = require __DIR__ . '/texts.php';
$paragraph = fn (string ...$sentences): string => implode(' ', $sentences);
$daily = [];
foreach ($angles as $a => [$frame, $framing]) {
	foreach ($topics as $t => [$section, $subject, $own, $tags]) {
		$n = $a * count($topics) + $t;
		$title = sprintf($frame, sprintf($subject, $places[($t * 3 + $a) % count($places)]));
		$paragraphs = [
			$paragraph($own[$a], sprintf($framing[0], 20 + $n)),
			$paragraph($own[($a + 1) % 4], sprintf($framing[1], 20 + $n), $own[($a + 2) % 4]),
			$paragraph(sprintf($framing[2], 20 + $n), $own[($a + 3) % 4], $closing[$n % count($closing)]),
		];
		$daily[] = $add([
			'post_title' => $title,
			'post_content' => $n % 3 === 0
				? implode("\n\n", $paragraphs) // the classic editor
				: implode("\n\n", array_map(fn ($p) => "<!-- wp:paragraph -->\n<p>$p</p>\n<!-- /wp:paragraph -->", $paragraphs)),
			'post_excerpt' => $n % 4 === 0 ? $own[0] : '',
			'post_category' => [$category[$section], ...($n % 2 ? [$everything] : [])],
			'tags_input' => $tags,
			...($n % 5 < 3 ? ['picture' => $pictures[$n % 5 + ($n % 2)]] : []),
		]);
	}
}

require __DIR__ . '/hard.php'; // uses what stands above

stick_post($daily[3]);
stick_post($daily[40]);
wp_trash_post($daily[50]);

// WordPress's editor saves a draft first, whose guid is short; posts that came by an import have the long one, as the hard ones.
global $wpdb;
foreach ($daily as $id) {
	$wpdb->update($wpdb->posts, ['guid' => home_url("/?p=$id")], ['ID' => $id]);
}

// A bulk edit: thirty posts of one second, more than a page of most clients, with other ids between them.
$bulk = array_slice(array_values(array_filter($daily, fn ($id) => $id % 2 === 0 && $id !== $daily[50])), 0, 30);
$at = $today->modify('-1 day')->setTimezone(new DateTimeZone('UTC'));
foreach ($bulk as $id) {
	$wpdb->update($wpdb->posts, [
		'post_modified' => $at->setTimezone($local)->format('Y-m-d H:i:s'),
		'post_modified_gmt' => $at->format('Y-m-d H:i:s'),
	], ['ID' => $id]);
}
update_option('nashra_seeded', 1);
echo $count;
