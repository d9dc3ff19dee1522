<?php
// Does as an editor would, over HTTP, so that whatever hangs on WordPress's hooks runs as on a real site. Takes JSON, gives
// JSON (an export: XML). Lies beside wp-load.php; only who knows the site's token gets in.
require __DIR__ . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/export.php';

if (!hash_equals(NASHRA_TEST_TOKEN, $_SERVER['HTTP_X_TOKEN'] ?? '')) {
	status_header(403);
	exit;
}
wp_set_current_user(1);
$asked = json_decode(file_get_contents('php://input'), true);

/**
 * A new post is a draft first, as in WordPress's own editor.
 *
 * @param array $fields as the type `Fields` of wordpress.ts has them
 */
function save(array $fields, int $id): int
{
	$id = $id ?: wp_insert_post(['post_status' => 'draft', 'post_title' => $fields['title'], 'post_author' => 1]);
	$post = ['ID' => $id];
	$names = ['title' => 'post_title', 'content' => 'post_content', 'excerpt' => 'post_excerpt', 'status' => 'post_status',
		'slug' => 'post_name', 'date' => 'post_date', 'password' => 'post_password', 'tags' => 'tags_input'];
	foreach ($names as $ours => $theirs) {
		if (array_key_exists($ours, $fields)) {
			$post[$theirs] = $fields[$ours];
		}
	}
	if (isset($fields['date'])) {
		$post['edit_date'] = true;
		$post['post_date_gmt'] = get_gmt_from_date($fields['date']);
	}
	if (isset($fields['author'])) {
		$post['post_author'] = get_user_by('login', $fields['author'])->ID;
	}
	if (isset($fields['categories'])) {
		$post['post_category'] = array_map(function ($slug) {
			$term = get_term_by('slug', $slug, 'category');
			return $term ? $term->term_id : throw new Exception("There is no category $slug.");
		}, $fields['categories']);
	}
	$saved = wp_update_post(wp_slash($post), true);
	if (is_wp_error($saved)) {
		throw new Exception($saved->get_error_message());
	}
	if (isset($fields['sticky'])) {
		$fields['sticky'] ? stick_post($saved) : unstick_post($saved);
	}
	return $saved;
}

function image(int $post): ?array
{
	$id = get_post_thumbnail_id($post);
	if (!$id) {
		return null;
	}
	$meta = wp_get_attachment_metadata($id);
	return [
		'url' => wp_get_attachment_url($id),
		'type' => get_post_mime_type($id),
		'width' => $meta['width'],
		'height' => $meta['height'],
		'length' => filesize(get_attached_file($id)),
		'alt' => get_post_meta($id, '_wp_attachment_image_alt', true),
	];
}

function plain(string $name): string
{
	return html_entity_decode($name, ENT_QUOTES | ENT_HTML5);
}

function told(WP_Post $it): array
{
	$GLOBALS['post'] = $it;
	setup_postdata($it);
	return [
		'id' => $it->ID,
		'status' => $it->post_status,
		'title' => $it->post_title,
		'titleRendered' => get_the_title($it),
		'content' => apply_filters('the_content', $it->post_content),
		'contentRaw' => $it->post_content,
		'excerpt' => $it->post_excerpt,
		'guid' => $it->guid,
		'permalink' => get_permalink($it),
		'date' => get_post_time('Y-m-d\TH:i:s\Z', true, $it) ?: null, // a draft has none
		'modified' => get_post_modified_time('Y-m-d\TH:i:s\Z', true, $it) ?: null,
		'author' => get_the_author_meta('display_name', $it->post_author),
		'categories' => array_map(
			fn ($term) => ['slug' => urldecode($term->slug), 'name' => plain($term->name)],
			get_the_terms($it, 'category') ?: []
		),
		'tags' => array_map(fn ($term) => plain($term->name), get_the_terms($it, 'post_tag') ?: []),
		'sticky' => is_sticky($it->ID),
		'password' => $it->post_password !== '',
		'image' => image($it->ID),
	];
}

$all = ['post_type' => 'post', 'post_status' => ['publish', 'future', 'draft', 'pending', 'private', 'trash'], 'numberposts' => -1,
	'orderby' => 'ID', 'order' => 'ASC'];
try {
	$id = $asked['id'] ?? 0;
	if ($asked['do'] === 'export') {
		export_wp();
		exit;
	}
	$answer = match ($asked['do']) {
		'posts' => array_map('told', get_posts($all)),
		'save' => save($asked['fields'], $id),
		'trash' => (bool) wp_trash_post($id),
		'restore' => (bool) wp_untrash_post($id) && (bool) wp_update_post(['ID' => $id, 'post_status' => 'publish']),
		'delete' => (bool) wp_delete_post($id, true),
		'option' => update_option($asked['name'], $asked['value']),
		'password' => WP_Application_Passwords::create_new_application_password(1, ['name' => uniqid('nashra ')])[0],
		'activate' => activate_plugin_of($asked['plugin']),
	};
	wp_send_json($answer);
} catch (Throwable $error) {
	wp_send_json(['error' => $error->getMessage()], 500);
}

function activate_plugin_of(string $file): bool
{
	require_once ABSPATH . 'wp-admin/includes/plugin.php';
	$result = activate_plugin($file);
	return is_wp_error($result) ? throw new Exception($result->get_error_message()) : true;
}
