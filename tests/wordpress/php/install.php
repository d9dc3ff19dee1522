<?php
// Makes the empty site: tables, options, three authors. Run once from the command line, beside wp-load.php.
define('WP_INSTALLING', true);
function wp_new_blog_notification() {} // no mail to a new administrator
require __DIR__ . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

if (is_blog_installed()) {
	exit;
}
wp_install('صدى الوادي', 'admin', 'admin@wadi.example', true, '', getenv('ADMIN_PASSWORD'), 'ar');
foreach (get_posts(['post_type' => 'any', 'post_status' => 'any', 'numberposts' => -1]) as $post) {
	wp_delete_post($post->ID, true); // the greeting and the sample page
}
foreach ([
	'blogdescription' => 'أخبار الوادي وأهله',
	'timezone_string' => 'Asia/Damascus',
	'WPLANG' => 'ar',
	'default_comment_status' => 'closed',
	'default_ping_status' => 'closed',
	'default_pingback_flag' => 0,
] as $name => $value) {
	update_option($name, $value);
}
global $wp_rewrite;
$wp_rewrite->set_permalink_structure('/%year%/%monthnum%/%postname%/');
$wp_rewrite->flush_rules(false);

foreach (['layan' => 'ليان الحموري', 'osama' => 'أُسامة درويش', 'hiba' => 'هبة الله نصّار'] as $login => $name) {
	$user = wp_insert_user([
		'user_login' => $login,
		'user_pass' => wp_generate_password(),
		'user_email' => "$login@wadi.example",
		'display_name' => $name,
		'role' => 'author',
	]);
	if (is_wp_error($user)) {
		exit($user->get_error_message());
	}
}
